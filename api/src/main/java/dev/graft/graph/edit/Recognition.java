package dev.graft.graph.edit;

import static dev.graft.graph.edit.Pattern.any;
import static dev.graft.graph.edit.Pattern.as;
import static dev.graft.graph.edit.Pattern.either;
import static dev.graft.graph.edit.Pattern.number;
import static dev.graft.graph.edit.Pattern.op;
import static dev.graft.graph.edit.Pattern.or;
import static dev.graft.graph.edit.Pattern.scalar;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Finds composite operators that exporters took apart into primitives, and writes them as one node
 * again: layer normalization, GELU, HardSwish, Mish and attention. Engines have fused kernels for
 * them, and their derivatives are shorter.
 */
public final class Recognition {
  private static final double SQRT_2 = Math.sqrt(2);
  private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);

  private Recognition() {}

  /** A composite operator: how it looks taken apart, and how to write it whole. */
  private record Rule(
      String operator, Pattern pattern, BiFunction<Match, Rewriter, Optional<Value>> whole) {}

  /** A place where a pattern matched. */
  private record Match(Graph graph, Node node, Map<String, String> bound) {
    Value get(Rewriter rewriter, String variable) {
      return rewriter.get(bound.get(variable));
    }

    double number(String variable) {
      return Pattern.scalar(graph, bound.get(variable)).orElseThrow();
    }
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule("LayerNormalization", layerNorm(), Recognition::layerNorm),
          new Rule("Gelu", erfGelu(), (m, r) -> gelu(m, r, "none")),
          new Rule("Gelu", tanhGelu(), (m, r) -> gelu(m, r, "tanh")),
          new Rule("HardSwish", hardSwish(), (m, r) -> unary(m, r, "HardSwish")),
          new Rule(
              "Mish",
              either("Mul", any("x"), op("Tanh", op("Softplus", any("x")))),
              (m, r) -> unary(m, r, "Mish")),
          new Rule("Attention", attention(), Recognition::attention));

  /** The names of all operators that are recognised. */
  public static final Set<String> OPERATORS =
      RULES.stream().map(Rule::operator).collect(Collectors.toUnmodifiableSet());

  /** The graph with every composite operator that is found written as one node. */
  public static Graph apply(Graph graph) {
    return apply(graph, OPERATORS);
  }

  /** The same for some of the {@link #OPERATORS}. */
  public static Graph apply(Graph graph, Set<String> operators) {
    List<Rule> rules = RULES.stream().filter(r -> operators.contains(r.operator())).toList();
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    for (Node node : graph.nodes()) {
      Optional<Value> whole = Optional.empty();
      for (Rule rule : rules) {
        Optional<Map<String, String>> bound =
            node.outputs().size() == 1
                ? rule.pattern().match(graph, node.outputs().get(0), Map.of())
                : Optional.empty();
        if (bound.isPresent()) {
          whole = rule.whole().apply(new Match(graph, node, bound.get()), rewriter);
        }
        if (whole.isPresent()) {
          break;
        }
      }
      if (whole.isPresent()) {
        rewriter.bindOutputs(node, List.of(whole.get()));
      } else {
        rewriter.copy(node);
      }
    }
    return Rewriter.prune(rewriter.finish());
  }

  // --- layer normalization: (x - mean) / sqrt(var + epsilon) * scale + bias

  private static Pattern layerNorm() {
    Pattern mean = op("ReduceMean", Pattern::overLastAxis, any("x"));
    Pattern centred = as("centred", op("Sub", any("x"), mean));
    Pattern squared =
        or(
            op("Pow", any("centred"), number(2)),
            op("Mul", any("centred"), any("centred")),
            // Some exporters subtract the mean a second time for the variance.
            op("Pow", op("Sub", any("x"), mean), number(2)));
    Pattern variance = op("ReduceMean", Pattern::overLastAxis, squared);
    Pattern deviation = op("Sqrt", either("Add", variance, scalar("epsilon")));
    Pattern normalised =
        or(op("Div", centred, deviation), either("Mul", centred, op("Reciprocal", deviation)));
    return either("Add", either("Mul", normalised, any("scale")), any("bias"));
  }

  private static Optional<Value> layerNorm(Match m, Rewriter r) {
    Value x = m.get(r, "x");
    Value scale = m.get(r, "scale");
    Value bias = m.get(r, "bias");
    Shape expected = new Shape(List.of(x.shape().dim(-1)));
    if (!scale.shape().equals(expected) || !bias.shape().equals(expected)) {
      return Optional.empty();
    }
    Attributes attributes = Attributes.of("axis", -1, "epsilon", m.number("epsilon"));
    return Optional.of(r.target().op("LayerNormalization", attributes, x, scale, bias));
  }

  // --- GELU (Hendrycks and Gimpel 2016), exact and by tanh

  private static Pattern erfGelu() {
    Pattern erf =
        op(
            "Erf",
            or(op("Div", any("x"), number(SQRT_2)), either("Mul", any("x"), number(1 / SQRT_2))));
    return halfTimes(either("Add", erf, number(1)));
  }

  private static Pattern tanhGelu() {
    Pattern cube =
        or(op("Pow", any("x"), number(3)), either("Mul", any("x"), op("Mul", any("x"), any("x"))));
    Pattern inner = either("Add", any("x"), either("Mul", cube, number(0.044715)));
    Pattern tanh = op("Tanh", either("Mul", inner, number(TANH_SCALE)));
    return halfTimes(either("Add", tanh, number(1)));
  }

  /** {@code 0.5 * x * phi} in every order of the three factors. */
  private static Pattern halfTimes(Pattern phi) {
    return or(
        either("Mul", either("Mul", any("x"), phi), number(0.5)),
        either("Mul", either("Mul", any("x"), number(0.5)), phi),
        either("Mul", any("x"), either("Mul", phi, number(0.5))),
        op("Div", either("Mul", any("x"), phi), number(2)));
  }

  private static Optional<Value> gelu(Match m, Rewriter r, String approximate) {
    return Optional.of(
        r.target().op("Gelu", Attributes.of("approximate", approximate), m.get(r, "x")));
  }

  // --- HardSwish (Howard et al. 2019): x * clip(x + 3, 0, 6) / 6

  private static Pattern hardSwish() {
    Pattern clipped = op("Clip", either("Add", any("x"), number(3)), number(0), number(6));
    Pattern gate =
        or(
            op("Div", clipped, number(6)),
            either("Mul", clipped, number(1.0 / 6)),
            op("HardSigmoid", Recognition::isSixth, any("x")));
    return or(
        either("Mul", any("x"), gate), op("Div", either("Mul", any("x"), clipped), number(6)));
  }

  private static boolean isSixth(Graph graph, Node hardSigmoid) {
    return Math.abs(hardSigmoid.attributes().f("alpha", 0.2) - 1.0 / 6) < 1e-6
        && hardSigmoid.attributes().f("beta", 0.5) == 0.5;
  }

  private static Optional<Value> unary(Match m, Rewriter r, String operator) {
    return Optional.of(r.target().op(operator, m.get(r, "x")));
  }

  // --- attention (Vaswani et al. 2017, eq. 1): softmax(q k^T * scale + mask) v

  private static Pattern attention() {
    Pattern product = op("MatMul", any("q"), any("kT"));
    Pattern scaled =
        or(
            op("Div", product, scalar("divisor")),
            either("Mul", product, scalar("factor")),
            product);
    Pattern masked = or(either("Add", scaled, any("mask")), scaled);
    Pattern weights = op("Softmax", Recognition::overKeys, masked);
    return op("MatMul", weights, any("v"));
  }

  private static boolean overKeys(Graph graph, Node softmax) {
    int rank = graph.type(softmax.inputs().get(0)).rank();
    return rank == 4 && Math.floorMod(softmax.attributes().i("axis", -1), rank) == rank - 1;
  }

  private static Optional<Value> attention(Match m, Rewriter r) {
    Value q = m.get(r, "q");
    Value k = m.get(r, "kT").transposeLast();
    Value v = m.get(r, "v");
    if (q.rank() != 4 || k.rank() != 4 || v.rank() != 4) {
      return Optional.empty();
    }
    double scale = 1;
    if (m.bound().containsKey("divisor")) {
      scale = 1 / m.number("divisor");
    } else if (m.bound().containsKey("factor")) {
      scale = m.number("factor");
    }
    Value mask = m.bound().containsKey("mask") ? m.get(r, "mask") : null;
    return Optional.of(r.target().op("Attention", Attributes.of("scale", scale), q, k, v, mask));
  }
}
