package dev.graft.backend.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DjlBackendTest {
  private final DjlBackendProvider provider = new DjlBackendProvider();

  @Test
  void anAbsentGpuIsAnErrorThatSaysWhatToAdd() {
    BackendException e =
        assertThrows(
            BackendException.class, () -> provider.open(Device.gpu(7), BackendOptions.DEFAULT));
    assertTrue(e.getMessage().contains("gpu:7"), e.getMessage());
    assertTrue(e.getMessage().contains("PYTORCH_LIBRARY_PATH"), e.getMessage());
  }

  @Test
  void versionsAreKnownWithoutLoadingTheLibrary() {
    assertTrue(provider.availability().isAvailable());
    assertTrue(provider.availability().versions().get("pytorch").startsWith("2.7.1"));
  }

  @Test
  void oneProgramRunsEveryBatchSize() {
    GraphBuilder g = new GraphBuilder();
    Shape rows = new Shape(List.of(Dim.symbol("batch"), Dim.of(2)));
    Value x = g.input("x", new TensorType(DType.FLOAT32, rows));
    g.output(x.add(1), "y");
    try (Backend backend = provider.open(Device.CPU, new BackendOptions(1));
        Program program =
            backend.compile(g.build(), ParameterStore.EMPTY, CompileOptions.INFERENCE)) {
      for (int n : new int[] {1, 3, 2, 3}) {
        HostTensor y =
            program.runToHost(Map.of("x", HostTensor.of(new float[2 * n], n, 2))).get("y");
        assertEquals(TensorType.of(DType.FLOAT32, n, 2), y.type());
        assertEquals(1.0, y.getDouble(2 * n - 1));
      }
    }
  }
}
