package dev.graft.testkit.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/** Nonlinearities, softmax and their gradients. */
final class ActivationKernels {
  private ActivationKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("Relu", ElementwiseKernels.unary(v -> v < 0 ? 0 : v, v -> Math.max(v, 0)));
    table.put("Sigmoid", ElementwiseKernels.unary(ActivationKernels::sigmoid));
    table.put("Tanh", ElementwiseKernels.unary(Math::tanh));
    table.put("Softplus", ElementwiseKernels.unary(ActivationKernels::softplus));
    table.put("Softsign", ElementwiseKernels.unary(v -> v / (1 + Math.abs(v))));
    table.put("HardSwish", ElementwiseKernels.unary(v -> v * clamp(v / 6 + 0.5)));
    table.put("Mish", ElementwiseKernels.unary(v -> v * Math.tanh(softplus(v))));
    table.put("LeakyRelu", unary(c -> leakyRelu(c.f("alpha", 0.01))));
    table.put("Elu", unary(c -> elu(c.f("alpha", 1))));
    table.put("Selu", unary(ActivationKernels::selu));
    table.put("Celu", unary(c -> celu(c.f("alpha", 1))));
    table.put("ThresholdedRelu", unary(c -> thresholdedRelu(c.f("alpha", 1))));
    table.put("HardSigmoid", unary(c -> hardSigmoid(c.f("alpha", 0.2), c.f("beta", 0.5))));
    table.put("Shrink", unary(c -> shrink(c.f("bias", 0), c.f("lambd", 0.5))));
    table.put("Swish", unary(c -> swish(c.f("alpha", 1))));
    table.put("Gelu", unary(c -> gelu(c.attributes().s("approximate", "none"))));

    table.put("Softmax", c -> List.of(softmax(c.in(0), c.i("axis", -1), false)));
    table.put("LogSoftmax", c -> List.of(softmax(c.in(0), c.i("axis", -1), true)));
    table.put("Hardmax", ActivationKernels::hardmax);

    table.put("ReluGradient", c -> List.of(gradient(c, (dy, y) -> y > 0 ? dy : 0)));
    table.put("GeluGradient", ActivationKernels::geluGradient);
    table.put("SoftmaxGradient", c -> List.of(softmaxGradient(c, false)));
    table.put("LogSoftmaxGradient", c -> List.of(softmaxGradient(c, true)));
  }

  private static Kernel unary(Function<Call, DoubleUnaryOperator> f) {
    return c -> ElementwiseKernels.unary(f.apply(c)).run(c);
  }

  static double sigmoid(double v) {
    return 1 / (1 + Math.exp(-v));
  }

  static double softplus(double v) {
    return Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  }

  /** Limits to [0, 1]. */
  private static double clamp(double v) {
    return Math.max(0, Math.min(1, v));
  }

  static DoubleUnaryOperator leakyRelu(double alpha) {
    return v -> v < 0 ? alpha * v : v;
  }

  static DoubleUnaryOperator elu(double alpha) {
    return v -> v < 0 ? alpha * Math.expm1(v) : v;
  }

  private static DoubleUnaryOperator selu(Call c) {
    double alpha = c.f("alpha", 1.67326319217681884765625);
    double gamma = c.f("gamma", 1.05070102214813232421875);
    return v -> gamma * (v <= 0 ? alpha * Math.expm1(v) : v);
  }

  private static DoubleUnaryOperator celu(double alpha) {
    return v -> Math.max(0, v) + Math.min(0, alpha * Math.expm1(v / alpha));
  }

  static DoubleUnaryOperator thresholdedRelu(double alpha) {
    return v -> v > alpha ? v : 0;
  }

  static DoubleUnaryOperator hardSigmoid(double alpha, double beta) {
    return v -> clamp(alpha * v + beta);
  }

  private static DoubleUnaryOperator shrink(double bias, double lambda) {
    return v -> v < -lambda ? v + bias : v > lambda ? v - bias : 0;
  }

  private static DoubleUnaryOperator swish(double alpha) {
    return v -> v * sigmoid(alpha * v);
  }

  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  private static DoubleUnaryOperator gelu(String approximate) {
    return approximate.equals("tanh")
        ? v -> 0.5 * v * (1 + Math.tanh(SQRT_2_OVER_PI * (v + 0.044715 * v * v * v)))
        : v -> 0.5 * v * (1 + ElementwiseKernels.erf(v / Math.sqrt(2)));
  }

  private static DoubleUnaryOperator geluDerivative(String approximate) {
    if (approximate.equals("tanh")) {
      return v -> {
        double t = Math.tanh(SQRT_2_OVER_PI * (v + 0.044715 * v * v * v));
        double inner = SQRT_2_OVER_PI * (1 + 3 * 0.044715 * v * v);
        return 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * inner;
      };
    }
    // The distribution function of the normal distribution, plus v times its density.
    return v ->
        0.5 * (1 + ElementwiseKernels.erf(v / Math.sqrt(2)))
            + v * Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
  }

  private static List<Array> geluGradient(Call c) {
    DoubleUnaryOperator d = geluDerivative(c.attributes().s("approximate", "none"));
    return List.of(gradient(c, (dy, x) -> dy * d.applyAsDouble(x)));
  }

  private static Array gradient(Call c, DoubleBinaryOperator f) {
    return ElementwiseKernels.combine(c.in(0), c.in(1), f, (a, b) -> a);
  }

  /** Softmax or its logarithm along one axis. */
  static Array softmax(Array x, long axis, boolean log) {
    if (x.rank() == 0) {
      return Array.of(x.dtype, x.shape, new double[] {log ? 0 : 1});
    }
    Indices.Split split = Indices.Split.at(x.shape, x.axis(axis));
    double[] in = x.reals();
    double[] out = new double[in.length];
    for (int o = 0; o < split.outer(); o++) {
      for (int k = 0; k < split.inner(); k++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < split.size(); i++) {
          max = Math.max(max, in[split.position(o, i, k)]);
        }
        double sum = 0;
        for (int i = 0; i < split.size(); i++) {
          sum += Math.exp(in[split.position(o, i, k)] - max);
        }
        for (int i = 0; i < split.size(); i++) {
          int p = split.position(o, i, k);
          out[p] = log ? in[p] - max - Math.log(sum) : Math.exp(in[p] - max) / sum;
        }
      }
    }
    return Array.of(x.dtype, x.shape, out);
  }

  /** From the gradient of the result and the result itself. */
  private static Array softmaxGradient(Call c, boolean log) {
    Array y = c.in(1);
    Indices.Split split = Indices.Split.at(y.shape, y.axis(c.i("axis", -1)));
    double[] dy = c.in(0).reals();
    double[] v = y.reals();
    double[] out = new double[v.length];
    for (int o = 0; o < split.outer(); o++) {
      for (int k = 0; k < split.inner(); k++) {
        double sum = 0;
        for (int i = 0; i < split.size(); i++) {
          int p = split.position(o, i, k);
          sum += log ? dy[p] : dy[p] * v[p];
        }
        for (int i = 0; i < split.size(); i++) {
          int p = split.position(o, i, k);
          out[p] = log ? dy[p] - Math.exp(v[p]) * sum : v[p] * (dy[p] - sum);
        }
      }
    }
    return Array.of(y.dtype, y.shape, out);
  }

  private static List<Array> hardmax(Call c) {
    Array x = c.in(0);
    Indices.Split split = Indices.Split.at(x.shape, x.axis(c.i("axis", -1)));
    double[] in = x.reals();
    double[] out = new double[in.length];
    Arrays.fill(out, 0);
    for (int o = 0; o < split.outer(); o++) {
      for (int k = 0; k < split.inner(); k++) {
        int best = 0;
        for (int i = 1; i < split.size(); i++) {
          if (in[split.position(o, i, k)] > in[split.position(o, best, k)]) {
            best = i;
          }
        }
        out[split.position(o, best, k)] = 1;
      }
    }
    return List.of(Array.of(x.dtype, x.shape, out));
  }
}
