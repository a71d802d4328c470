package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.random.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;

/**
 * Proves a backend. A backend's test extends this class, opens the backend, and declares what it
 * lacks:
 *
 * <pre>{@code
 * class MyBackendConformanceTest extends BackendConformanceKit {
 *   @Override protected Backend open() {
 *     return new MyBackendProvider().open(Device.CPU, BackendOptions.DEFAULT);
 *   }
 *
 *   @Override protected Lacking lacking() {
 *     return Lacking.NOTHING.operator("Einsum", "the engine has none");
 *   }
 * }
 * }</pre>
 *
 * <p>What is declared as lacking must be refused with an {@link
 * dev.graft.backend.UnsupportedGraphException} that names the node, and then counts as skipped,
 * with the reason; everything else must work. Recorded cases are read from the {@link SharedFolder}
 * and skipped where that is not there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendConformanceKit {
  private ConformanceRun run;

  /** For subclasses. */
  protected BackendConformanceKit() {}

  /** Opens the backend under test. Called several times; the kit closes what it opened. */
  protected abstract Backend open();

  /** What the backend does not have, each with the reason. */
  protected Lacking lacking() {
    return Lacking.NOTHING;
  }

  /** Decides the random nodes. */
  protected Seed seed() {
    return ConformanceSuite.SEED;
  }

  @BeforeAll
  void openBackend() {
    run = ConformanceRun.of(this::open, lacking());
  }

  @AfterAll
  void closeBackend() {
    if (run != null) {
      run.close();
    }
  }

  /** Random nodes, contracts, training, export, threads and memory. */
  @TestFactory
  Stream<DynamicNode> conforms() {
    Map<String, List<DynamicTest>> groups = new LinkedHashMap<>();
    for (ConformanceCase c : ConformanceSuite.own(seed())) {
      groups.computeIfAbsent(c.group(), g -> new ArrayList<>()).add(test(c));
    }
    return groups.entrySet().stream()
        .map(e -> DynamicContainer.dynamicContainer(e.getKey(), e.getValue()));
  }

  /** ONNX's own operator cases. */
  @TestFactory
  Stream<DynamicTest> runsOnnxNodeCases() {
    return recorded("conformance/onnx-node-tests").map(ConformanceSuite::nodes).stream()
        .flatMap(List::stream)
        .map(this::test);
  }

  /** ONNX's cases of attention. */
  @TestFactory
  Stream<DynamicTest> runsOnnxAttentionCases() {
    return recorded("conformance/onnx-node-tests-stretch").map(ConformanceSuite::nodes).stream()
        .flatMap(List::stream)
        .map(this::test);
  }

  /** Whole models whose gradients PyTorch recorded. */
  @TestFactory
  Stream<DynamicTest> computesTheGradientsThatPyTorchRecorded() {
    return recorded("conformance/pytorch-gradients").map(ConformanceSuite::gradients).stream()
        .flatMap(List::stream)
        .map(this::test);
  }

  private static Optional<Path> recorded(String folder) {
    Optional<Path> found = SharedFolder.find(folder);
    if (found.isEmpty()) {
      throw new TestAbortedException(
          "there is no folder shared/" + folder + " beside the repository");
    }
    return found;
  }

  private DynamicTest test(ConformanceCase c) {
    return DynamicTest.dynamicTest(c.name(), () -> report(run.run(c)));
  }

  private static void report(CaseResult result) {
    switch (result.status()) {
      case PASSED -> {}
      case FAILED -> throw new AssertionError(result.fullName() + ": " + result.reason());
      default -> throw new TestAbortedException(result.reason());
    }
  }
}
