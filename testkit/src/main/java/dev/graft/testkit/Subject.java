package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Program;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The backend that a case tries.
 *
 * @param backend open for the whole run; cases do not close it
 * @param open opens another one, which the case closes
 */
public record Subject(Backend backend, Supplier<Backend> open) {

  /** Compiles a graph without parameters, runs it once and copies the outputs to the host. */
  Map<String, HostTensor> run(Graph graph, Map<String, HostTensor> feeds) {
    return run(graph, ParameterStore.EMPTY, feeds);
  }

  /** The same with parameters, compiled in as constants. */
  Map<String, HostTensor> run(Graph graph, ParameterStore store, Map<String, HostTensor> feeds) {
    try (Program program = backend.compile(graph, store, CompileOptions.INFERENCE)) {
      return program.runToHost(feeds);
    }
  }
}
