package dev.graft.testkit.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.graph.Graph;
import dev.graft.graph.Operators;
import dev.graft.graph.Rewriter;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.testkit.reference.ReferenceInterpreter;
import dev.graft.testkit.reference.ReferenceInterpreter.Arithmetic;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a row computes by its own kernel and by its decomposition is the same, in double. */
class DecompositionTest {
  private static final double TOLERANCE = 1e-9;

  static Stream<Catalogue.Entry> entriesWithKernelAndDecomposition() {
    return Catalogue.draw(new Seed(2)).stream()
        .filter(e -> Operators.get(e.sample().operator()).decomposition() != null)
        .filter(e -> ReferenceInterpreter.hasKernel(e.sample().operator()));
  }

  @ParameterizedTest
  @MethodSource("entriesWithKernelAndDecomposition")
  void theDecompositionComputesWhatTheKernelComputes(Catalogue.Entry entry) {
    Sample sample = entry.sample().as(DType.FLOAT64);
    Graph graph = sample.graph();
    Graph decomposed =
        Rewriter.decompose(graph, (g, node) -> node.operator().name().equals(sample.operator()));
    assertEquals(
        0,
        decomposed.nodes().stream()
            .filter(node -> node.operator().name().equals(sample.operator()))
            .count(),
        sample + " still holds itself");
    Map<String, HostTensor> expected = run(graph, sample);
    Map<String, HostTensor> actual = run(decomposed, sample);
    for (String output : graph.outputs()) {
      HostTensor e = expected.get(output);
      HostTensor a = actual.get(output);
      assertEquals(e.type(), a.type(), () -> sample + ": " + output);
      for (int i = 0; i < e.size(); i++) {
        double delta = TOLERANCE * Math.max(1, Math.abs(e.getDouble(i)));
        int element = i;
        assertEquals(
            e.getDouble(i), a.getDouble(i), delta, () -> sample + ": " + output + " at " + element);
      }
    }
  }

  private static Map<String, HostTensor> run(Graph graph, Sample sample) {
    return ReferenceInterpreter.of(graph, Arithmetic.FLOAT64).run(sample.feeds());
  }
}
