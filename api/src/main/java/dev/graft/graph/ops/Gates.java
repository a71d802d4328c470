package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The equations of one direction of RNN, GRU or LSTM, as ONNX states them. */
final class Gates {
  private final NodeContext node;
  private final GraphBuilder builder;
  private final long hidden;
  private final List<Activation> activations;

  private Gates(NodeContext node, long hidden, List<Activation> activations) {
    this.node = node;
    this.builder = node.builder();
    this.hidden = hidden;
    this.activations = activations;
  }

  /** An activation with its parameters. */
  private record Activation(String name, double alpha, double beta) {
    Value apply(Value v) {
      GraphBuilder b = v.builder();
      return switch (name) {
        case "affine" -> v.mul(alpha).add(beta);
        case "scaledtanh" -> b.op("Tanh", v.mul(beta)).mul(alpha);
        case "leakyrelu" -> b.op("LeakyRelu", Attributes.of("alpha", alpha), v);
        case "thresholdedrelu" -> b.op("ThresholdedRelu", Attributes.of("alpha", alpha), v);
        case "elu" -> b.op("Elu", Attributes.of("alpha", alpha), v);
        case "hardsigmoid" -> b.op("HardSigmoid", Attributes.of("alpha", alpha, "beta", beta), v);
        case "relu" -> b.op("Relu", v);
        case "tanh" -> b.op("Tanh", v);
        case "sigmoid" -> b.op("Sigmoid", v);
        case "softsign" -> b.op("Softsign", v);
        default -> b.op("Softplus", v);
      };
    }
  }

  static Gates of(NodeContext node, int direction, long hidden) {
    List<String> defaults =
        switch (node.operator().name()) {
          case "RNN" -> List.of("tanh");
          case "GRU" -> List.of("sigmoid", "tanh");
          default -> List.of("sigmoid", "tanh", "tanh");
        };
    List<String> names = node.attributes().strings("activations");
    double[] alphas = node.attributes().floats("activation_alpha");
    double[] betas = node.attributes().floats("activation_beta");
    List<Activation> all = new ArrayList<>();
    int alpha = 0;
    int beta = 0;
    int count = defaults.size() * Recurrent.directions(node);
    for (int i = 0; i < count; i++) {
      String name =
          names == null ? defaults.get(i % defaults.size()) : names.get(i).toLowerCase(Locale.ROOT);
      double a = defaultAlpha(name);
      double b = defaultBeta(name);
      // The lists hold values only for the functions that have such a parameter.
      if (!Double.isNaN(a) && alphas != null && alpha < alphas.length) {
        a = alphas[alpha++];
      }
      if (!Double.isNaN(b) && betas != null && beta < betas.length) {
        b = betas[beta++];
      }
      all.add(new Activation(checked(node, name), a, b));
    }
    int first = direction * defaults.size();
    return new Gates(node, hidden, all.subList(first, first + defaults.size()));
  }

  private static String checked(NodeContext node, String name) {
    List<String> known =
        List.of(
            "relu",
            "tanh",
            "sigmoid",
            "affine",
            "leakyrelu",
            "thresholdedrelu",
            "scaledtanh",
            "hardsigmoid",
            "elu",
            "softsign",
            "softplus");
    if (!known.contains(name)) {
      throw node.error("has the unknown activation '" + name + "'; known are " + known);
    }
    return name;
  }

  private static double defaultAlpha(String name) {
    return switch (name) {
      case "affine", "scaledtanh", "thresholdedrelu", "elu" -> 1;
      case "leakyrelu" -> 0.01;
      case "hardsigmoid" -> 0.2;
      default -> Double.NaN;
    };
  }

  private static double defaultBeta(String name) {
    return switch (name) {
      case "affine" -> 0;
      case "scaledtanh" -> 1;
      case "hardsigmoid" -> 0.5;
      default -> Double.NaN;
    };
  }

  private boolean resetsLate() {
    return node.attributes().i("linear_before_reset", 0) != 0;
  }

  /** What is added to the projected input: W's biases, and R's unless the cell adds them itself. */
  @Nullable Value inputBias(@Nullable Value bias) {
    if (bias == null) {
      return null;
    }
    long rows = bias.shape().dim(0).size() / 2;
    Value ofInput = bias.slice(0, 0, rows);
    boolean keepsItsOwn = node.operator().name().equals("GRU") && resetsLate();
    return keepsItsOwn ? ofInput : ofInput.add(bias.slice(0, rows, 2 * rows));
  }

  /**
   * The cell.
   *
   * @param r recurrent weights [gates * hidden, hidden]
   * @param bias biases of W, then of R; may be null
   * @param peepholes the LSTM's, [3 * hidden]; may be null
   */
  Unrolling.Cell cell(Value r, @Nullable Value bias, @Nullable Value peepholes) {
    return switch (node.operator().name()) {
      case "RNN" -> (x, s) -> new Unrolling.States(f(0, recur(s.h(), r, x)), null);
      case "GRU" -> resetsLate() ? lateGru(r, bias) : gru(r);
      default -> lstm(r, peepholes);
    };
  }

  /** z, r = f(x + h R^T); h~ = g(x + (r h) R^T); (1 - z) h~ + z h. */
  private Unrolling.Cell gru(Value r) {
    Value[] weights = split(r, 0, 2 * hidden, hidden);
    return (x, s) -> {
      Value[] input = split(x, 1, 2 * hidden, hidden);
      Value[] zr = split(f(0, recur(s.h(), weights[0], input[0])), 1, hidden, hidden);
      Value candidate = f(1, recur(zr[1].mul(s.h()), weights[1], input[1]));
      return mixed(zr[0], candidate, s.h());
    };
  }

  /** As {@link #gru}, but h~ = g(x + r (h R^T + b)). */
  private Unrolling.Cell lateGru(Value r, @Nullable Value bias) {
    Value own = bias == null ? null : bias.slice(0, 3 * hidden, 6 * hidden);
    return (x, s) -> {
      Value[] input = split(x, 1, 2 * hidden, hidden);
      Value[] state = split(recur(s.h(), r, own), 1, 2 * hidden, hidden);
      Value[] zr = split(f(0, input[0].add(state[0])), 1, hidden, hidden);
      Value candidate = f(1, input[1].add(zr[1].mul(state[1])));
      return mixed(zr[0], candidate, s.h());
    };
  }

  private static Unrolling.States mixed(Value z, Value candidate, Value h) {
    return new Unrolling.States(candidate.add(z.mul(h.sub(candidate))), null);
  }

  /** i, o, f = f(..); c' = f c + i g(..); h' = o h(c'), with ONNX's order of gates. */
  private Unrolling.Cell lstm(Value r, @Nullable Value peepholes) {
    return (x, s) -> {
      Value c = Objects.requireNonNull(s.c());
      Value all = recur(s.h(), r, x);
      return peepholes == null ? plainLstm(all, c) : peepholeLstm(all, c, peepholes);
    };
  }

  private Unrolling.States plainLstm(Value all, Value c) {
    Value[] parts = split(all, 1, 3 * hidden, hidden);
    Value[] iof = split(f(0, parts[0]), 1, hidden, hidden, hidden);
    Value forget = forgets(iof[0], iof[2]);
    Value next = forget.mul(c).add(iof[0].mul(f(1, parts[1])));
    return new Unrolling.States(iof[1].mul(f(2, next)), next);
  }

  private Unrolling.States peepholeLstm(Value all, Value c, Value peepholes) {
    Value[] gates = split(all, 1, hidden, hidden, hidden, hidden);
    Value[] p = split(peepholes, 0, hidden, hidden, hidden);
    Value input = f(0, gates[0].add(p[0].mul(c)));
    Value forget = forgets(input, f(0, gates[2].add(p[2].mul(c))));
    Value next = forget.mul(c).add(input.mul(f(1, gates[3])));
    Value output = f(0, gates[1].add(p[1].mul(next)));
    return new Unrolling.States(output.mul(f(2, next)), next);
  }

  /** The forget gate; coupled to the input gate where the attribute says so. */
  private Value forgets(Value input, Value forget) {
    return node.attributes().i("input_forget", 0) != 0 ? input.constant(1).sub(input) : forget;
  }

  /** h R^T + c. */
  private Value recur(Value h, Value r, @Nullable Value c) {
    return builder.op("Gemm", Attributes.of("transB", 1), h, r, c);
  }

  /** The activation {@code i} of its clipped input. */
  private Value f(int i, Value v) {
    double clip = node.attributes().f("clip", 0);
    Value input = clip > 0 ? builder.op("Clip", v, v.constant(-clip), v.constant(clip)) : v;
    return activations.get(i).apply(input);
  }

  private Value[] split(Value v, int axis, long... sizes) {
    return builder
        .ops("Split", Attributes.of("axis", axis), sizes.length, v, builder.vector(sizes))
        .toArray(Value[]::new);
  }
}
