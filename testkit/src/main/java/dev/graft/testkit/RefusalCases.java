package dev.graft.testkit;

import dev.graft.backend.CompileOptions;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Support;
import dev.graft.backend.UnsupportedGraphException;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Operator;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import dev.graft.testkit.cases.Catalogue;
import dev.graft.testkit.cases.Sample;
import java.util.ArrayList;
import java.util.List;

/** What a backend does with what it lacks: it says so, by name, for all nodes at once. */
final class RefusalCases {
  static final String GROUP = "refusal";

  private RefusalCases() {}

  static List<ConformanceCase> all(List<Catalogue.Entry> catalogue) {
    List<ConformanceCase> cases = new ArrayList<>();
    cases.add(
        ConformanceCase.of(
            GROUP, "an operator that nobody has is refused by name", RefusalCases::unheard));
    cases.add(
        ConformanceCase.of(
            GROUP,
            "what supports refuses, compile refuses too",
            s -> catalogue.forEach(e -> consistent(s, e))));
    cases.add(
        ConformanceCase.of(
            GROUP,
            "no core row is lacking",
            s ->
                catalogue.stream()
                    .filter(e -> CoreOperators.NAMES.contains(e.sample().operator()))
                    .forEach(e -> compile(s, e.sample().graph()))));
    return cases;
  }

  private static void compile(Subject s, Graph graph) {
    s.backend().compile(graph, ParameterStore.EMPTY, CompileOptions.INFERENCE).close();
  }

  /** Two nodes of rows that no table has, and one that every backend runs between them. */
  private static void unheard(Subject s) {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 2));
    Value y = unheardNode(g, x, "Frobnicate", "first_strange");
    g.output(unheardNode(g, y.neg(), "Obfuscate", "second_strange"));
    UnsupportedGraphException e =
        Expect.failure(
            UnsupportedGraphException.class,
            "compiling unheard-of operators",
            () -> compile(s, g.build()),
            s.backend().name(),
            "Frobnicate",
            "first_strange",
            "Obfuscate",
            "second_strange");
    Expect.that(
        e.operators().equals(List.of("Frobnicate", "Obfuscate")),
        "the exception lists " + e.operators());
  }

  private static Value unheardNode(GraphBuilder g, Value x, String operator, String name) {
    Operator row = Operator.of(operator, Operator.GRAFT, 1, 1, n -> List.of(n.type(0)));
    g.node(new Node(name, row, List.of(x.name()), List.of(name + ":0"), Attributes.NONE));
    return g.value(name + ":0");
  }

  /** A node that is refused and has no decomposition must make compilation fail, naming it. */
  private static void consistent(Subject s, Catalogue.Entry entry) {
    Graph graph = entry.sample().graph();
    Node node =
        graph.nodes().stream().filter(n -> n.name().equals(Sample.NODE)).findFirst().orElseThrow();
    Support support = s.backend().supports(NodeSignature.of(graph, node));
    if (!support.isSupported() && node.operator().decomposition() == null) {
      Expect.failure(
          UnsupportedGraphException.class,
          "compiling " + entry.name() + ", which is refused",
          () -> compile(s, graph),
          Sample.NODE,
          entry.sample().operator());
    }
  }
}
