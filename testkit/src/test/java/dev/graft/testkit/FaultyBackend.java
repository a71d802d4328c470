package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Fetches;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.backend.Support;
import dev.graft.backend.UnsupportedGraphException;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.testkit.reference.ReferenceBackendProvider;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The reference backend with one fault, for tests of the kit. */
final class FaultyBackend implements Backend {
  enum Fault {
    NONE,
    WRONG_BY_A_HUNDREDTH,
    TAKES_UNKNOWN_FEEDS,
    SPOILS_THE_STATE_WHEN_A_STEP_FAILS,
    RUNS_AFTER_CLOSING,
    REFUSES_WITHOUT_NAMES,
    FORGETS_HALF_OF_THE_UPDATES,
    KEEPS_ITS_FEEDS
  }

  private final Backend good = new ReferenceBackendProvider().open();
  private final Fault fault;
  private final List<ByteBuffer> kept = new ArrayList<>();

  FaultyBackend(Fault fault) {
    this.fault = fault;
  }

  @Override
  public String name() {
    return good.name();
  }

  @Override
  public Device device() {
    return good.device();
  }

  @Override
  public Map<String, String> versions() {
    return good.versions();
  }

  @Override
  public Support supports(NodeSignature node) {
    return good.supports(node);
  }

  @Override
  public Program compile(Graph graph, ParameterStore store, CompileOptions options) {
    try {
      return new FaultyProgram(good.compile(graph, store, options));
    } catch (UnsupportedGraphException e) {
      if (fault == Fault.REFUSES_WITHOUT_NAMES) {
        throw new BackendException("not supported", e);
      }
      throw e;
    }
  }

  @Override
  public State newState(ParameterStore values) {
    return good.newState(values);
  }

  @Override
  public void close() {
    kept.clear();
    good.close();
  }

  private final class FaultyProgram implements Program {
    private final Program program;

    FaultyProgram(Program program) {
      this.program = program;
    }

    @Override
    public Graph graph() {
      return program.graph();
    }

    @Override
    public Fetches run(State state, Map<String, ? extends Tensor> feeds) {
      return spoiled(program.run(state, taken(feeds)));
    }

    @Override
    public Fetches run(Map<String, ? extends Tensor> feeds) {
      return spoiled(program.run(taken(feeds)));
    }

    @Override
    public Fetches step(State state, Map<String, ? extends Tensor> feeds) {
      ParameterStore before = state.snapshot();
      try {
        Fetches fetches = program.step(state, taken(feeds));
        if (fault == Fault.FORGETS_HALF_OF_THE_UPDATES) {
          boolean[] odd = {false};
          state.restore(before.filter(name -> odd[0] ^= true));
        }
        return spoiled(fetches);
      } catch (IllegalArgumentException e) {
        if (fault == Fault.SPOILS_THE_STATE_WHEN_A_STEP_FAILS) {
          Map<String, HostTensor> zeros = new HashMap<>();
          before.asMap().forEach((name, t) -> zeros.put(name, HostTensor.full(t.type(), 0)));
          state.restore(ParameterStore.of(zeros));
        }
        throw e;
      }
    }

    private Map<String, Tensor> taken(Map<String, ? extends Tensor> feeds) {
      Map<String, Tensor> taken = new LinkedHashMap<>(feeds);
      if (fault == Fault.TAKES_UNKNOWN_FEEDS) {
        taken.keySet().removeIf(name -> graph().input(name).isEmpty());
      }
      if (fault == Fault.KEEPS_ITS_FEEDS) {
        taken.values().forEach(t -> kept.add(copy(t.toHost())));
      }
      return taken;
    }

    private Fetches spoiled(Fetches fetches) {
      if (fault != Fault.WRONG_BY_A_HUNDREDTH) {
        return fetches;
      }
      return new Fetches() {
        @Override
        public Set<String> names() {
          return fetches.names();
        }

        @Override
        public Tensor get(String name) {
          HostTensor t = fetches.host(name);
          return t.dtype().isFloating()
              ? HostTensor.fromDoubles(t.type(), i -> 1.01 * t.getDouble(i) + 0.01)
              : t;
        }

        @Override
        public void close() {
          fetches.close();
        }
      };
    }

    @Override
    public void close() {
      if (fault != Fault.RUNS_AFTER_CLOSING) {
        program.close();
      }
    }
  }

  /** Outside the heap, whose own size says little about what is kept in it. */
  private static ByteBuffer copy(HostTensor t) {
    ByteBuffer copy = ByteBuffer.allocateDirect(t.size() * Double.BYTES);
    for (double value : t.toDoubles()) {
      copy.putDouble(value);
    }
    return copy;
  }
}
