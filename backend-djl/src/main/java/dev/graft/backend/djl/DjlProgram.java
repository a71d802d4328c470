package dev.graft.backend.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
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
import dev.graft.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A graph with the parameters that were compiled in: one TorchScript module per feed shapes. */
final class DjlProgram implements Program {
  /** How many combinations of feed shapes are kept compiled. */
  private static final int SHAPES = 16;

  private final DjlBackend backend;
  private final Graph graph;
  private final PtNDManager manager;
  private final Map<String, PtNDArray> compiledIn = new HashMap<>();
  private final SpecializedPrograms<TorchModule> modules;
  private final Set<String> state;

  DjlProgram(DjlBackend backend, Graph graph, ParameterStore store, CompileOptions options) {
    this.backend = backend;
    this.graph = graph;
    this.state = options.state();
    this.manager = backend.newManager();
    this.modules =
        new SpecializedPrograms<>(
            graph, SHAPES, g -> TorchModule.compile(backend, g, options.precision()));
    try {
      for (GraphInput input : graph.inputs(Role.STATE)) {
        if (!state.contains(input.name())) {
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
          compiledIn.put(input.name(), Layouts.upload(manager, value, backend.threads()));
        }
      }
      TorchModule.check(graph);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Fetches run(Map<String, ? extends Tensor> feeds) {
    return execute("forward", null, feeds);
  }

  @Override
  public Fetches run(State state, Map<String, ? extends Tensor> feeds) {
    DjlState own = own(state);
    synchronized (own) {
      return execute("forward", own, feeds);
    }
  }

  @Override
  public Fetches step(State state, Map<String, ? extends Tensor> feeds) {
    DjlState own = own(state);
    synchronized (own) {
      return execute(graph.updates().isEmpty() ? "forward" : "step", own, feeds);
    }
  }

  private DjlState own(State state) {
    if (state instanceof DjlState own && own.belongsTo(backend)) {
      return own;
    }
    throw new IllegalArgumentException(
        "the state belongs to another backend; make it with newState of backend 'djl'");
  }

  private Fetches execute(
      String method, @Nullable DjlState slots, Map<String, ? extends Tensor> feeds) {
    backend.requireOpen();
    Feeds.check(graph, feeds);
    return modules.use(feeds, module -> execute(module, method, slots, feeds));
  }

  private Fetches execute(
      TorchModule module,
      String method,
      @Nullable DjlState slots,
      Map<String, ? extends Tensor> feeds) {
    PtNDManager results = backend.newManager();
    try (PtNDManager scope = backend.newManager()) {
      List<GraphInput> inputs = module.graph().inputs();
      PtNDArray[] arguments = new PtNDArray[inputs.size() + module.constants().size()];
      for (int i = 0; i < inputs.size(); i++) {
        arguments[i] = argument(inputs.get(i), slots, feeds, scope);
      }
      for (int i = 0; i < module.constants().size(); i++) {
        arguments[inputs.size() + i] = module.constants().get(i);
      }
      NDList outputs = Torch.run(module.block(), method, arguments, results, backend.threads());
      return new DjlFetches(results, module.graph(), outputs);
    } catch (EngineException e) {
      results.close();
      throw new BackendException("PyTorch failed: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      results.close();
      throw e;
    }
  }

  private PtNDArray argument(
      GraphInput input,
      @Nullable DjlState slots,
      Map<String, ? extends Tensor> feeds,
      PtNDManager scope) {
    PtNDArray frozen = compiledIn.get(input.name());
    if (frozen != null) {
      return frozen;
    }
    if (input.role() == Role.STATE) {
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
    Tensor feed = feeds.get(input.name());
    return feed instanceof DjlTensor own ? own.array() : Torch.share(scope, feed.toHost());
  }

  @Override
  public void close() {
    modules.close();
    manager.close();
  }
}
