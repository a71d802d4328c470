package dev.graft.backend.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares a step with blocked kernels to one without. */
final class Agreement {
  private Agreement() {}

  /**
   * Asserts that outputs and updated state agree but for rounding.
   *
   * @param graph all of whose inputs are state
   * @param values of the state
   */
  static void assertAlike(Graph graph, Map<String, HostTensor> values, int block) {
    Map<String, HostTensor> expected = step(graph, values, 0);
    Map<String, HostTensor> actual = step(graph, values, block);
    List<String> different = new ArrayList<>();
    expected.forEach(
        (name, e) -> {
          HostTensor a = actual.get(name);
          assertEquals(e.type(), a.type(), name);
          double largest = 0;
          double error = 0;
          for (int i = 0; i < e.size(); i++) {
            largest = Math.max(largest, Math.abs(e.getDouble(i)));
            error = Math.max(error, Math.abs(e.getDouble(i) - a.getDouble(i)));
          }
          if (!(error <= 2e-5 * Math.max(1, largest))) {
            different.add(name + " by " + error + " of " + largest);
          }
        });
    assertEquals(List.of(), different);
  }

  private static Map<String, HostTensor> step(
      Graph graph, Map<String, HostTensor> values, int block) {
    try (OnnxBackend backend = new OnnxBackend(Device.CPU, new BackendOptions(2), block);
        Program program =
            backend.compile(
                graph, ParameterStore.EMPTY, CompileOptions.withState(values.keySet()));
        State state = backend.newState(ParameterStore.of(values));
        Fetches fetches = program.step(state, Map.of())) {
      Map<String, HostTensor> all = new LinkedHashMap<>(fetches.toHost());
      ParameterStore after = state.snapshot();
      graph.updates().keySet().forEach(n -> all.put("updated " + n, after.get(n)));
      return all;
    }
  }
}
