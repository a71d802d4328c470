package dev.graft.testkit;

import dev.graft.backend.NodeSignature;
import dev.graft.graph.Graph;
import dev.graft.graph.Operators;
import dev.graft.graph.Rewriter;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.testkit.cases.Catalogue;
import dev.graft.testkit.cases.GradientCheck;
import dev.graft.testkit.cases.Sample;
import dev.graft.testkit.reference.ReferenceInterpreter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every row of the operator table on random nodes: against the oracle, by its decomposition, in
 * double where the backend has it, and its derivative against central differences.
 */
final class OperatorCases {
  static final String OPERATOR = "operator";
  static final String DECOMPOSITION = "decomposition";
  static final String GRADIENT = "gradient";

  /** Derivatives in float32 lose what the sums of a backward pass cancel. */
  private static final Tolerance SINGLE = new Tolerance(2e-3, 2e-4);

  /** Central differences in double are good to about eight digits. */
  private static final Tolerance DOUBLE = new Tolerance(1e-5, 1e-6);

  private OperatorCases() {}

  static List<ConformanceCase> all(Seed seed) {
    List<Catalogue.Entry> entries = Catalogue.draw(seed);
    List<ConformanceCase> cases = new ArrayList<>();
    for (Catalogue.Entry e : entries) {
      cases.add(about(OPERATOR, e, e.sample(), s -> compare(s, e.sample())));
    }
    for (Catalogue.Entry e : entries) {
      if (Operators.get(e.sample().operator()).decomposition() != null) {
        Graph decomposed = decomposed(e.sample());
        cases.add(
            ConformanceCase.of(DECOMPOSITION, e.name(), s -> compare(s, decomposed, e.sample())));
      }
    }
    for (Catalogue.Entry e : GradientCheck.smooth(entries)) {
      GradientCheck check = GradientCheck.of(e.sample(), seed);
      if (!check.isEmpty()) {
        cases.add(ConformanceCase.of(GRADIENT, e.name(), s -> checkGradient(s, e.sample(), seed)));
      }
    }
    return cases;
  }

  private static ConformanceCase about(
      String group, Catalogue.Entry entry, Sample sample, ConformanceCase.Body body) {
    return new ConformanceCase(
        group, entry.name(), Set.of(sample.operator()), sample.dtypes(), body);
  }

  private static void compare(Subject subject, Sample sample) {
    compare(subject, sample.graph(), sample);
  }

  /** Runs a graph that computes what the sample's own computes, and asks the oracle. */
  private static void compare(Subject subject, Graph graph, Sample sample) {
    Map<String, HostTensor> expected = ReferenceInterpreter.of(sample.graph()).run(sample.feeds());
    Map<String, HostTensor> actual = subject.run(graph, sample.feeds());
    expected.forEach((name, t) -> Tolerance.of(t.dtype()).check(name, t, actual.get(name)));
  }

  /** Decomposes the node itself, but not what its decomposition is made of. */
  private static Graph decomposed(Sample sample) {
    return Rewriter.decompose(
        sample.graph(), (g, node) -> node.operator().name().equals(sample.operator()));
  }

  private static void checkGradient(Subject subject, Sample sample, Seed seed) {
    GradientCheck single = GradientCheck.of(sample, seed);
    Map<String, HostTensor> differences = single.differences();
    checkGradient(subject, single, sample, differences, SINGLE);
    if (runsDouble(subject, sample)) {
      Sample wide = sample.as(DType.FLOAT64);
      checkGradient(subject, GradientCheck.of(wide, seed), wide, differences, DOUBLE);
    }
  }

  private static boolean runsDouble(Subject subject, Sample sample) {
    Graph graph = sample.as(DType.FLOAT64).graph();
    return graph.nodes().stream()
        .allMatch(n -> subject.backend().supports(NodeSignature.of(graph, n)).isSupported());
  }

  private static void checkGradient(
      Subject subject,
      GradientCheck check,
      Sample sample,
      Map<String, HostTensor> differences,
      Tolerance tolerance) {
    Map<String, HostTensor> actual = subject.run(check.gradients(), sample.feeds());
    Map<String, HostTensor> computed = new LinkedHashMap<>();
    for (String name : check.wanted()) {
      computed.put(name, actual.get(GradientCheck.gradientName(name)).cast(DType.FLOAT64));
    }
    differences.forEach(
        (name, expected) ->
            tolerance.check("the gradient of " + name, expected, computed.get(name)));
  }
}
