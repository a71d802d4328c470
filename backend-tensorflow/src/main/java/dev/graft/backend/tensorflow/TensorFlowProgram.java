package dev.graft.backend.tensorflow;

import dev.graft.backend.BackendException;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Feeds;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.SpecializedPrograms;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;

/** A graph with the parameters that were compiled in: one TensorFlow graph per feed shapes. */
final class TensorFlowProgram implements Program {
  /** How many combinations of feed shapes are kept compiled. */
  private static final int SHAPES = 16;

  /**
   * Up to this many bytes frozen parameters are constants that TensorFlow folds and packs. Beyond,
   * where every copy of the graph would weigh too much, they are fed instead.
   */
  private static final long CONSTANT_BYTES = 128L << 20;

  private final TensorFlowBackend backend;
  private final Graph graph;
  private final Map<String, Tensor> frozen = new HashMap<>();
  private final SpecializedPrograms<CompiledGraph> programs;
  private boolean closed;

  TensorFlowProgram(
      TensorFlowBackend backend, Graph graph, ParameterStore store, CompileOptions options) {
    this.backend = backend;
    this.graph = graph;
    CompiledGraph.check(backend, graph);
    Map<String, HostTensor> compiledIn = compiledIn(graph, store, options);
    long bytes = compiledIn.values().stream().mapToLong(t -> t.bytes().remaining()).sum();
    if (bytes > CONSTANT_BYTES) {
      compiledIn.forEach((name, value) -> frozen.put(name, NativeTensors.upload(value)));
      compiledIn.clear();
    }
    this.programs =
        new SpecializedPrograms<>(
            graph,
            SHAPES,
            g -> new CompiledGraph(backend, g, compiledIn, options.precision()));
  }

  private static Map<String, HostTensor> compiledIn(
      Graph graph, ParameterStore store, CompileOptions options) {
    Map<String, HostTensor> values = new HashMap<>();
    for (GraphInput input : graph.inputs(Role.STATE)) {
      if (!options.state().contains(input.name())) {
        HostTensor value = store.get(input.name());
        if (!Feeds.fits(value.type(), input.type())) {
          throw new BackendException(
              "parameter '"
                  + input.name()
                  + "' must be "
                  + input.type()
                  + ", but the store has "
                  + value.type());
        }
        values.put(input.name(), value);
      }
    }
    return values;
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Fetches run(Map<String, ? extends dev.graft.tensor.Tensor> feeds) {
    return execute(null, feeds, false);
  }

  @Override
  public Fetches run(State state, Map<String, ? extends dev.graft.tensor.Tensor> feeds) {
    TensorFlowState own = own(state);
    synchronized (own) {
      return execute(own, feeds, false);
    }
  }

  @Override
  public Fetches step(State state, Map<String, ? extends dev.graft.tensor.Tensor> feeds) {
    TensorFlowState own = own(state);
    synchronized (own) {
      return execute(own, feeds, true);
    }
  }

  private TensorFlowState own(State state) {
    if (state instanceof TensorFlowState own && own.belongsTo(backend)) {
      return own;
    }
    throw new IllegalArgumentException(
        "the state belongs to another backend; make it with newState of backend 'tensorflow'");
  }

  private Fetches execute(
      @Nullable TensorFlowState slots,
      Map<String, ? extends dev.graft.tensor.Tensor> feeds,
      boolean step) {
    backend.requireOpen();
    Feeds.check(graph, feeds);
    return programs.use(feeds, program -> execute(program, slots, feeds, step));
  }

  private Fetches execute(
      CompiledGraph program,
      @Nullable TensorFlowState slots,
      Map<String, ? extends dev.graft.tensor.Tensor> feeds,
      boolean step) {
    List<Tensor> uploads = new ArrayList<>();
    List<Tensor> results;
    try {
      Map<String, Tensor> arguments = new HashMap<>();
      for (GraphInput input : program.graph().inputs()) {
        if (program.takes(input.name())) {
          arguments.put(input.name(), argument(input, slots, feeds, uploads));
        }
      }
      results = program.run(arguments, step);
    } finally {
      uploads.forEach(Tensor::close);
    }
    int outputs = program.graph().outputs().size();
    if (slots != null && step) {
      int next = outputs;
      for (String name : program.graph().updates().keySet()) {
        slots.replace(name, results.get(next));
        next++;
      }
    }
    return backend.handOut(new TensorFlowFetches(program.graph(), results.subList(0, outputs)));
  }

  private Tensor argument(
      GraphInput input,
      @Nullable TensorFlowState slots,
      Map<String, ? extends dev.graft.tensor.Tensor> feeds,
      List<Tensor> uploads) {
    Tensor fixed = frozen.get(input.name());
    if (fixed != null) {
      return fixed;
    }
    if (input.role() == Role.STATE) {
      return slot(input, slots);
    }
    dev.graft.tensor.Tensor feed = feeds.get(input.name());
    if (feed instanceof TensorFlowTensor own) {
      own.owner().requireOpen();
      return own.array();
    }
    Tensor upload = NativeTensors.upload(feed.toHost());
    uploads.add(upload);
    return upload;
  }

  private static Tensor slot(GraphInput input, @Nullable TensorFlowState slots) {
    if (slots == null) {
      throw new IllegalArgumentException(
          "the program needs a state with a slot '" + input.name() + "'; run it with one");
    }
    if (!Feeds.fits(slots.type(input.name()), input.type())) {
      throw new IllegalArgumentException(
          "the program needs a slot '"
              + input.name()
              + "' of "
              + input.type()
              + ", but it is "
              + slots.type(input.name()));
    }
    return slots.slot(input.name());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      programs.close();
      frozen.values().forEach(Tensor::close);
    }
  }
}
