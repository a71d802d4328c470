package dev.graft.backend.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.backend.State;
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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorFlowBackendTest {
  private final TensorFlowBackendProvider provider = new TensorFlowBackendProvider();

  @Test
  void anAbsentGpuIsAnErrorThatSaysWhatToAdd() {
    BackendException e =
        assertThrows(
            BackendException.class, () -> provider.open(Device.gpu(7), BackendOptions.DEFAULT));
    assertTrue(e.getMessage().contains("gpu:7"), e.getMessage());
    assertTrue(e.getMessage().contains("linux-x86_64-gpu"), e.getMessage());
    assertTrue(e.getMessage().contains("tensorflow-gpu"), e.getMessage());
  }

  @Test
  void versionsAreKnownWithoutLoadingTheLibrary() {
    assertTrue(provider.availability().isAvailable());
    assertEquals("1.1.0", provider.availability().versions().get("tensorflow-java"));
  }

  @Test
  void oneProgramRunsEveryBatchSize() {
    GraphBuilder g = new GraphBuilder();
    Shape rows = new Shape(List.of(Dim.symbol("batch"), Dim.of(2)));
    Value x = g.input("x", new TensorType(DType.FLOAT32, rows));
    g.output(x.add(1), "y");
    try (Backend backend = open();
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

  @ParameterizedTest
  @EnumSource(DType.class)
  void everyElementTypeCrossesTheBorderUnchanged(DType dtype) {
    GraphBuilder g = new GraphBuilder();
    TensorType type = TensorType.of(dtype, 3);
    g.output(g.op("Identity", g.input("x", type)), "y");
    HostTensor x = HostTensor.fromDoubles(type, i -> i % 2);
    try (Backend backend = open();
        Program program =
            backend.compile(g.build(), ParameterStore.EMPTY, CompileOptions.INFERENCE);
        State state = backend.newState(ParameterStore.of(Map.of("slot", x)))) {
      assertEquals(x, program.runToHost(Map.of("x", x)).get("y"));
      assertEquals(x, state.snapshot().get("slot"));
    }
  }

  @Test
  void theSameValueMayBeFetchedUnderTwoNames() {
    GraphBuilder g = new GraphBuilder();
    TensorType scalar = TensorType.of(DType.FLOAT32);
    Value p = g.parameter("p", scalar);
    Value sum = p.add(g.input("x", scalar));
    g.output(sum, "y");
    g.update("p", sum);
    try (Backend backend = open();
        State state = backend.newState(ParameterStore.of(Map.of("p", HostTensor.scalar(1f))));
        Program program =
            backend.compile(
                g.build(), ParameterStore.EMPTY, CompileOptions.withState(Set.of("p")))) {
      for (float expected : new float[] {3, 5, 7}) {
        try (var fetches = program.step(state, Map.of("x", HostTensor.scalar(2f)))) {
          assertEquals(expected, fetches.host("y").getDouble(0));
        }
        assertArrayEquals(new float[] {expected}, state.snapshot().get("p").toFloats());
      }
    }
  }

  @Test
  void aStepThatFailsInsideTheEngineLeavesTheStateAsItWas() {
    GraphBuilder g = new GraphBuilder();
    Value p = g.parameter("p", TensorType.of(DType.FLOAT32, 3));
    Value chosen = g.op("Gather", p, g.input("index", TensorType.of(DType.INT64)));
    g.update("p", p.add(chosen));
    HostTensor before = HostTensor.of(new float[] {1, 2, 3}, 3);
    try (Backend backend = open();
        State state = backend.newState(ParameterStore.of(Map.of("p", before)));
        Program program =
            backend.compile(
                g.build(), ParameterStore.EMPTY, CompileOptions.withState(Set.of("p")))) {
      BackendException e =
          assertThrows(
              BackendException.class,
              () -> program.step(state, Map.of("index", HostTensor.scalar(7L))));
      assertTrue(e.getMessage().contains("TensorFlow failed"), e.getMessage());
      assertEquals(before, state.snapshot().get("p"));
    }
  }

  private Backend open() {
    return provider.open(Device.CPU, new BackendOptions(1));
  }
}
