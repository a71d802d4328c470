package dev.graft.testkit.reference;

import dev.graft.backend.Feeds;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A graph with the parameters that were compiled in. Holds no memory outside of Java's. */
final class ReferenceProgram implements Program {
  private final ReferenceBackend backend;
  private final Graph graph;
  private final ReferenceInterpreter interpreter;
  private final Map<String, HostTensor> compiledIn;
  private final AtomicBoolean closed = new AtomicBoolean();

  ReferenceProgram(
      ReferenceBackend backend,
      Graph graph,
      ReferenceInterpreter interpreter,
      Map<String, HostTensor> compiledIn) {
    this.backend = backend;
    this.graph = graph;
    this.interpreter = interpreter;
    this.compiledIn = compiledIn;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Fetches run(Map<String, ? extends Tensor> feeds) {
    return fetches(evaluate(Map.of(), feeds));
  }

  @Override
  public Fetches run(State state, Map<String, ? extends Tensor> feeds) {
    ReferenceState own = own(state);
    synchronized (own) {
      return fetches(evaluate(own.slots(), feeds));
    }
  }

  @Override
  public Fetches step(State state, Map<String, ? extends Tensor> feeds) {
    ReferenceState own = own(state);
    synchronized (own) {
      Map<String, HostTensor> values = evaluate(own.slots(), feeds);
      Map<String, HostTensor> moved = new HashMap<>();
      graph.updates().forEach((slot, value) -> moved.put(slot, values.get(value)));
      // Only now, when everything has been computed, does the state change.
      own.restore(ParameterStore.of(moved));
      return fetches(values);
    }
  }

  private ReferenceState own(State state) {
    if (state instanceof ReferenceState own && own.belongsTo(backend)) {
      return own;
    }
    throw new IllegalArgumentException(
        "the state belongs to another backend; make it with newState of backend '"
            + backend.name()
            + "'");
  }

  private Map<String, HostTensor> evaluate(
      Map<String, HostTensor> slots, Map<String, ? extends Tensor> feeds) {
    backend.requireOpen();
    if (closed.get()) {
      throw new IllegalStateException("the program is closed");
    }
    Feeds.check(graph, feeds);
    Map<String, Tensor> all = new HashMap<>(feeds);
    all.putAll(compiledIn);
    for (GraphInput input : graph.inputs(Role.STATE)) {
      if (!compiledIn.containsKey(input.name())) {
        HostTensor slot = slots.get(input.name());
        if (slot == null || !Feeds.fits(slot.type(), input.type())) {
          throw new IllegalArgumentException(
              "the program needs a state with a slot '"
                  + input.name()
                  + "' of "
                  + input.type()
                  + ", but "
                  + (slot == null ? "there is none" : "it is " + slot.type()));
        }
        all.put(input.name(), slot);
      }
    }
    return interpreter.run(all);
  }

  private Fetches fetches(Map<String, HostTensor> values) {
    Map<String, HostTensor> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(name -> outputs.put(name, values.get(name)));
    return new ReferenceFetches(outputs);
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
