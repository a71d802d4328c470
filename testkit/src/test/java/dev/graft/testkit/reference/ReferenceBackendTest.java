package dev.graft.testkit.reference;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Precision;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReferenceBackendTest {
  private static final ParameterStore STORE =
      ParameterStore.of(Map.of("w", HostTensor.of(new float[] {1, 2}, 2)));

  private static Graph doubledParameter() {
    GraphBuilder g = new GraphBuilder();
    g.output(g.parameter("w", TensorType.of(DType.FLOAT32, 2)).mul(2), "y");
    return g.build();
  }

  private static String refusal(ParameterStore store, CompileOptions options) {
    try (Backend backend = new ReferenceBackendProvider().open()) {
      return assertThrows(
              RuntimeException.class, () -> backend.compile(doubledParameter(), store, options))
          .getMessage();
    }
  }

  @Test
  void isDiscoveredButNeverPreferred() {
    BackendProvider provider = Backends.discover().get("reference");
    assertInstanceOf(ReferenceBackendProvider.class, provider);
    assertTrue(provider.preference() >= 1000);
    assertTrue(provider.availability().isAvailable());
  }

  /** What docs/extending.md promises: a complete backend is small. */
  @Test
  void isWrittenInUnderFourHundredLines() throws IOException {
    Path sources = Path.of("src/main/java/dev/graft/testkit/reference");
    assumeTrue(Files.isDirectory(sources), "the sources are not here");
    long lines = 0;
    for (String name : List.of("BackendProvider", "Backend", "Program", "Memory")) {
      lines += Files.readAllLines(sources.resolve("Reference" + name + ".java")).size();
    }
    assertTrue(lines < 400, lines + " lines");
  }

  @Test
  void hasNoGpuAndSaysSo() {
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> new ReferenceBackendProvider().open(Device.gpu(0), BackendOptions.DEFAULT));
    assertTrue(e.getMessage().contains("gpu:0"), e.getMessage());
  }

  @Test
  void refusesAPrecisionItDoesNotOffer() {
    String message = refusal(STORE, new CompileOptions(Set.of(), Precision.BFLOAT16));
    assertTrue(message.contains("BFLOAT16"), message);
  }

  @Test
  void aParameterWithoutAFittingValueIsNamed() {
    String absent = refusal(ParameterStore.EMPTY, CompileOptions.INFERENCE);
    assertTrue(absent.contains("'w'"), absent);
    ParameterStore scalar = ParameterStore.of(Map.of("w", HostTensor.scalar(1f)));
    String wrong = refusal(scalar, CompileOptions.INFERENCE);
    assertTrue(wrong.contains("'w' must be FLOAT32[2]"), wrong);
  }

  @Test
  void aStateOfAnotherBackendIsRefused() {
    CompileOptions options = CompileOptions.withState(Set.of("w"));
    try (Backend one = new ReferenceBackendProvider().open();
        Backend other = new ReferenceBackendProvider().open();
        Program program = one.compile(doubledParameter(), ParameterStore.EMPTY, options);
        State state = other.newState(STORE)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> program.run(state, Map.<String, HostTensor>of()).close());
      assertTrue(e.getMessage().contains("the state belongs to another backend"), e.getMessage());
    }
  }
}
