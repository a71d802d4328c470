package dev.graft.backend.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.graft.backend.BackendException;
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
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A graph with the parameters that were compiled in: one TorchScript module per feed shapes. */
final class DjlProgram implements Program {
  /** How many combinations of feed shapes are kept compiled. */
  private static final int SHAPES = 16;

  private final DjlBackend backend;
  private final Graph graph;
  private final Map<String, PtNDArray> frozen = new ConcurrentHashMap<>();
  private final SpecializedPrograms<TorchModule> modules;

  DjlProgram(
      DjlBackend backend, Graph graph, Map<String, HostTensor> compiledIn, Precision precision) {
    this.backend = backend;
    this.graph = graph;
    TorchModule.check(graph);
    this.modules =
        new SpecializedPrograms<>(graph, SHAPES, g -> TorchModule.compile(backend, g, precision));
    compiledIn.forEach((name, value) -> frozen.put(name, backend.slots().upload(value)));
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Fetches run(Map<String, ? extends Tensor> feeds) {
    return run(EngineState.none(backend.slots()), feeds);
  }

  @Override
  public Fetches run(State state, Map<String, ? extends Tensor> feeds) {
    return execute("forward", EngineState.in(backend.slots(), state), feeds);
  }

  @Override
  public Fetches step(State state, Map<String, ? extends Tensor> feeds) {
    String method = graph.updates().isEmpty() ? "forward" : "step";
    return execute(method, EngineState.in(backend.slots(), state), feeds);
  }

  private Fetches execute(
      String method, EngineState<PtNDArray> slots, Map<String, ? extends Tensor> feeds) {
    backend.requireOpen();
    Feeds.check(graph, feeds);
    return modules.use(
        feeds,
        module -> {
          synchronized (slots) {
            return execute(module, method, slots, feeds);
          }
        });
  }

  private Fetches execute(
      TorchModule module,
      String method,
      EngineState<PtNDArray> slots,
      Map<String, ? extends Tensor> feeds) {
    try (PtNDManager scope = backend.newManager()) {
      List<GraphInput> inputs = module.graph().inputs();
      PtNDArray[] arguments = new PtNDArray[inputs.size() + module.constants().size()];
      for (int i = 0; i < inputs.size(); i++) {
        arguments[i] = argument(inputs.get(i), slots, feeds, scope);
      }
      for (int i = 0; i < module.constants().size(); i++) {
        arguments[inputs.size() + i] = module.constants().get(i);
      }
      NDList results =
          Torch.run(module.block(), method, arguments, backend.manager(), backend.threads());
      return outputs(module.graph(), results);
    } catch (EngineException e) {
      throw new BackendException("PyTorch failed: " + e.getMessage(), e);
    }
  }

  private Fetches outputs(Graph specialized, NDList results) {
    EngineFetches<PtNDArray> outputs = new EngineFetches<>(backend.values());
    for (int i = 0; i < specialized.outputs().size(); i++) {
      String name = specialized.outputs().get(i);
      PtNDArray array = (PtNDArray) results.get(i);
      // Sizes that depend on data are known only now.
      TensorType type = TensorType.of(specialized.type(name).dtype(), array.getShape().getShape());
      outputs.add(name, array, type);
    }
    return outputs;
  }

  private PtNDArray argument(
      GraphInput input,
      EngineState<PtNDArray> slots,
      Map<String, ? extends Tensor> feeds,
      PtNDManager scope) {
    if (input.role() == Role.STATE) {
      PtNDArray fixed = frozen.get(input.name());
      return fixed == null ? slots.get(input) : fixed;
    }
    Tensor feed = feeds.get(input.name());
    PtNDArray own = EngineFetches.handle(backend.values(), feed);
    return own == null ? Torch.share(scope, feed.toHost()) : own;
  }

  @Override
  public synchronized void close() {
    modules.close();
    frozen.values().forEach(backend.slots()::release);
    frozen.clear();
  }
}
