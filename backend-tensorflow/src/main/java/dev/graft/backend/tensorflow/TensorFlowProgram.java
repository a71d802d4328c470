package dev.graft.backend.tensorflow;

import dev.graft.backend.EngineFetches;
import dev.graft.backend.EngineState;
import dev.graft.backend.Feeds;
import dev.graft.backend.Fetches;
import dev.graft.backend.Precision;
import dev.graft.backend.Program;
import dev.graft.backend.SpecializedPrograms;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
      TensorFlowBackend backend,
      Graph graph,
      Map<String, HostTensor> compiledIn,
      Precision precision) {
    this.backend = backend;
    this.graph = graph;
    CompiledGraph.check(backend, graph);
    long bytes = compiledIn.values().stream().mapToLong(t -> t.bytes().remaining()).sum();
    Map<String, HostTensor> constants = bytes > CONSTANT_BYTES ? Map.of() : compiledIn;
    if (bytes > CONSTANT_BYTES) {
      compiledIn.forEach((name, value) -> frozen.put(name, backend.memory().upload(value)));
    }
    this.programs =
        new SpecializedPrograms<>(
            graph, SHAPES, g -> new CompiledGraph(backend, g, constants, precision));
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Fetches run(Map<String, ? extends dev.graft.tensor.Tensor> feeds) {
    return run(EngineState.none(backend.memory()), feeds);
  }

  @Override
  public Fetches run(State state, Map<String, ? extends dev.graft.tensor.Tensor> feeds) {
    return execute(EngineState.in(backend.memory(), state), feeds, false);
  }

  @Override
  public Fetches step(State state, Map<String, ? extends dev.graft.tensor.Tensor> feeds) {
    return execute(EngineState.in(backend.memory(), state), feeds, true);
  }

  private Fetches execute(
      EngineState<Tensor> slots,
      Map<String, ? extends dev.graft.tensor.Tensor> feeds,
      boolean step) {
    backend.requireOpen();
    Feeds.check(graph, feeds);
    return programs.use(
        feeds,
        program -> {
          synchronized (slots) {
            return execute(program, slots, feeds, step);
          }
        });
  }

  private Fetches execute(
      CompiledGraph program,
      EngineState<Tensor> slots,
      Map<String, ? extends dev.graft.tensor.Tensor> feeds,
      boolean step) {
    List<Tensor> uploads = new ArrayList<>();
    Iterator<Tensor> results;
    try {
      Map<String, Tensor> arguments = new HashMap<>();
      for (GraphInput input : program.graph().inputs()) {
        if (program.takes(input.name())) {
          arguments.put(input.name(), argument(input, slots, feeds, uploads));
        }
      }
      results = program.run(arguments, step).iterator();
    } finally {
      uploads.forEach(Tensor::close);
    }
    EngineFetches<Tensor> outputs = new EngineFetches<>(backend.memory());
    for (String name : program.graph().outputs()) {
      Tensor tensor = results.next();
      // Sizes that depend on data are known only now.
      outputs.add(
          name,
          tensor,
          new TensorType(program.graph().type(name).dtype(), NativeTensors.shape(tensor)));
    }
    if (step) {
      Map<String, Tensor> updated = new HashMap<>();
      program.graph().updates().keySet().forEach(name -> updated.put(name, results.next()));
      slots.replace(updated);
    }
    return backend.handOut(outputs);
  }

  private Tensor argument(
      GraphInput input,
      EngineState<Tensor> slots,
      Map<String, ? extends dev.graft.tensor.Tensor> feeds,
      List<Tensor> uploads) {
    if (input.role() == Role.STATE) {
      Tensor fixed = frozen.get(input.name());
      return fixed == null ? slots.get(input) : fixed;
    }
    dev.graft.tensor.Tensor feed = feeds.get(input.name());
    Tensor own = EngineFetches.handle(backend.memory(), feed);
    if (own == null) {
      own = backend.memory().upload(feed.toHost());
      uploads.add(own);
    }
    return own;
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
