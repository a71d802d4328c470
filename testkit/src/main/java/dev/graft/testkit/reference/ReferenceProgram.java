package dev.graft.testkit.reference;

import dev.graft.backend.EngineFetches;
import dev.graft.backend.EngineState;
import dev.graft.backend.Feeds;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A graph with the parameters that were compiled in. Holds no memory outside of Java's. */
final class ReferenceProgram implements Program {
  private final ReferenceMemory memory;
  private final Graph graph;
  private final ReferenceInterpreter interpreter;
  private final Map<String, HostTensor> compiledIn;
  private final AtomicBoolean closed = new AtomicBoolean();

  ReferenceProgram(
      ReferenceMemory memory,
      Graph graph,
      ReferenceInterpreter interpreter,
      Map<String, HostTensor> compiledIn) {
    this.memory = memory;
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
    return fetches(evaluate(EngineState.none(memory), feeds));
  }

  @Override
  public Fetches run(State state, Map<String, ? extends Tensor> feeds) {
    EngineState<HostTensor> slots = EngineState.in(memory, state);
    synchronized (slots) {
      return fetches(evaluate(slots, feeds));
    }
  }

  @Override
  public Fetches step(State state, Map<String, ? extends Tensor> feeds) {
    EngineState<HostTensor> slots = EngineState.in(memory, state);
    synchronized (slots) {
      Map<String, HostTensor> values = evaluate(slots, feeds);
      Map<String, HostTensor> moved = new HashMap<>();
      graph.updates().forEach((slot, value) -> moved.put(slot, values.get(value)));
      // Only now, when everything has been computed, does the state change.
      slots.replace(moved);
      return fetches(values);
    }
  }

  private Map<String, HostTensor> evaluate(
      EngineState<HostTensor> slots, Map<String, ? extends Tensor> feeds) {
    memory.requireOpen();
    if (closed.get()) {
      throw new IllegalStateException("the program is closed");
    }
    Feeds.check(graph, feeds);
    Map<String, HostTensor> all = new HashMap<>(compiledIn);
    feeds.forEach((name, feed) -> all.put(name, feed.toHost()));
    for (GraphInput input : graph.inputs(Role.STATE)) {
      if (!compiledIn.containsKey(input.name())) {
        all.put(input.name(), slots.get(input));
      }
    }
    return interpreter.run(all);
  }

  private Fetches fetches(Map<String, HostTensor> values) {
    EngineFetches<HostTensor> outputs = new EngineFetches<>(memory);
    graph.outputs().forEach(name -> outputs.add(name, values.get(name), values.get(name).type()));
    return outputs;
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
