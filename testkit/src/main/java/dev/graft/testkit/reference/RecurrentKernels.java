package dev.graft.testkit.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** RNN, GRU and LSTM over sequences, step by step. */
final class RecurrentKernels {
  private RecurrentKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("RNN", c -> new Layer(c, 1, List.of("Tanh")).run(Layer::rnn));
    table.put("GRU", c -> new Layer(c, 3, List.of("Sigmoid", "Tanh")).run(Layer::gru));
    table.put("LSTM", c -> new Layer(c, 4, List.of("Sigmoid", "Tanh", "Tanh")).run(Layer::lstm));
  }

  /** Computes the next hidden state of one sample in place, from {@code wx}, the input's part. */
  private interface Cell {
    void step(Layer layer, int direction, double[] wx, double[] h, double[] c);
  }

  /** One evaluation of a recurrent operator. */
  private static final class Layer {
    private final Call call;
    private final int gates;
    private final int hidden;
    private final int steps;
    private final int batch;
    private final int inputs;
    private final int directions;
    private final String direction;
    private final boolean batchFirst;
    private final DoubleUnaryOperator[] activations;
    private final double[] x;
    private final double[] w;
    private final double[] r;
    private final double @Nullable [] b;
    private final double @Nullable [] peepholes;

    Layer(Call call, int gates, List<String> defaults) {
      this.call = call;
      this.gates = gates;
      Array in = call.in(0);
      this.batchFirst = call.flag("layout");
      this.steps = in.shape[batchFirst ? 1 : 0];
      this.batch = in.shape[batchFirst ? 0 : 1];
      this.inputs = in.shape[2];
      this.hidden = call.in(2).shape[2];
      this.direction = call.attributes().s("direction", "forward");
      this.directions = direction.equals("bidirectional") ? 2 : 1;
      this.x = in.reals();
      this.w = call.in(1).reals();
      this.r = call.in(2).reals();
      this.b = call.has(3) ? call.in(3).reals() : null;
      this.peepholes = call.has(7) ? call.in(7).reals() : null;
      this.activations = activations(call, defaults, directions);
    }

    List<Array> run(Cell cell) {
      double[] y = new double[steps * directions * batch * hidden];
      double[] lastH = new double[directions * batch * hidden];
      double[] lastC = new double[directions * batch * hidden];
      for (int d = 0; d < directions; d++) {
        boolean backwards = d == 1 || direction.equals("reverse");
        for (int n = 0; n < batch; n++) {
          double[] h = initial(5, d, n);
          double[] c = initial(6, d, n);
          int length = call.has(4) ? (int) call.in(4).integer(n) : steps;
          for (int i = 0; i < length; i++) {
            int t = backwards ? length - 1 - i : i;
            cell.step(this, d, inputPart(d, t, n), h, c);
            System.arraycopy(h, 0, y, yPosition(t, d, n), hidden);
          }
          System.arraycopy(h, 0, lastH, statePosition(d, n), hidden);
          System.arraycopy(c, 0, lastC, statePosition(d, n), hidden);
        }
      }
      int[] yShape =
          batchFirst
              ? new int[] {batch, steps, directions, hidden}
              : new int[] {steps, directions, batch, hidden};
      int[] stateShape =
          batchFirst
              ? new int[] {batch, directions, hidden}
              : new int[] {directions, batch, hidden};
      Array in = call.in(0);
      return List.of(
          Array.of(in.dtype, yShape, y),
          Array.of(in.dtype, stateShape, lastH),
          Array.of(in.dtype, stateShape, lastC));
    }

    private int yPosition(int t, int d, int n) {
      return hidden
          * (batchFirst ? (n * steps + t) * directions + d : (t * directions + d) * batch + n);
    }

    private int statePosition(int d, int n) {
      return hidden * (batchFirst ? n * directions + d : d * batch + n);
    }

    private double[] initial(int input, int d, int n) {
      if (!call.has(input)) {
        return new double[hidden];
      }
      int at = statePosition(d, n);
      return Arrays.copyOfRange(call.in(input).reals(), at, at + hidden);
    }

    /** {@code W x + Wb}, for all gates one after the other. */
    private double[] inputPart(int d, int t, int n) {
      int from = inputs * (batchFirst ? n * steps + t : t * batch + n);
      double[] out = new double[gates * hidden];
      for (int row = 0; row < out.length; row++) {
        double sum = b == null ? 0 : b[d * 2 * out.length + row];
        for (int i = 0; i < inputs; i++) {
          sum += w[(d * out.length + row) * inputs + i] * x[from + i];
        }
        out[row] = sum;
      }
      return out;
    }

    /** {@code R h} of one row. */
    private double recurrent(int d, int gate, int unit, double[] h) {
      int row = (d * gates + gate) * hidden + unit;
      double sum = 0;
      for (int i = 0; i < hidden; i++) {
        sum += r[row * hidden + i] * h[i];
      }
      return sum;
    }

    /** {@code Rb} of one row. */
    private double recurrentBias(int d, int gate, int unit) {
      return b == null ? 0 : b[(d * 2 + 1) * gates * hidden + gate * hidden + unit];
    }

    /** Everything that goes into a gate, limited as the attribute {@code clip} says. */
    private double gate(int d, int gate, int unit, double[] wx, double[] h) {
      return wx[gate * hidden + unit] + recurrent(d, gate, unit, h) + recurrentBias(d, gate, unit);
    }

    private double activate(int d, int which, double v) {
      double limit = call.f("clip", Double.POSITIVE_INFINITY);
      int perDirection = activations.length / directions;
      double clipped = Math.max(-limit, Math.min(limit, v));
      return activations[d * perDirection + which].applyAsDouble(clipped);
    }

    void rnn(int d, double[] wx, double[] h, double[] c) {
      double[] old = h.clone();
      for (int u = 0; u < hidden; u++) {
        h[u] = activate(d, 0, gate(d, 0, u, wx, old));
      }
    }

    /** Cho et al. 2014; gates in the order update, reset, hidden. */
    void gru(int d, double[] wx, double[] h, double[] c) {
      double[] old = h.clone();
      double[] reset = new double[hidden];
      double[] resetTimesOld = new double[hidden];
      for (int u = 0; u < hidden; u++) {
        reset[u] = activate(d, 0, gate(d, 1, u, wx, old));
        resetTimesOld[u] = reset[u] * old[u];
      }
      for (int u = 0; u < hidden; u++) {
        double z = activate(d, 0, gate(d, 0, u, wx, old));
        double input = wx[2 * hidden + u];
        double bias = recurrentBias(d, 2, u);
        double candidate =
            call.flag("linear_before_reset")
                ? input + reset[u] * (recurrent(d, 2, u, old) + bias)
                : input + recurrent(d, 2, u, resetTimesOld) + bias;
        h[u] = (1 - z) * activate(d, 1, candidate) + z * old[u];
      }
    }

    /** Hochreiter and Schmidhuber 1997, with peepholes; gates: input, output, forget, cell. */
    void lstm(int d, double[] wx, double[] h, double[] c) {
      double[] old = h.clone();
      for (int u = 0; u < hidden; u++) {
        double i = activate(d, 0, gate(d, 0, u, wx, old) + peephole(d, 0, u) * c[u]);
        double f = activate(d, 0, gate(d, 2, u, wx, old) + peephole(d, 2, u) * c[u]);
        f = call.flag("input_forget") ? 1 - i : f;
        c[u] = f * c[u] + i * activate(d, 1, gate(d, 3, u, wx, old));
        double o = activate(d, 0, gate(d, 1, u, wx, old) + peephole(d, 1, u) * c[u]);
        h[u] = o * activate(d, 2, c[u]);
      }
    }

    private double peephole(int d, int gate, int unit) {
      return peepholes == null ? 0 : peepholes[(d * 3 + gate) * hidden + unit];
    }
  }

  private static DoubleUnaryOperator[] activations(Call c, List<String> defaults, int directions) {
    List<String> given = c.attributes().strings("activations");
    double[] alpha = c.attributes().floats("activation_alpha");
    double[] beta = c.attributes().floats("activation_beta");
    int per = defaults.size();
    DoubleUnaryOperator[] out = new DoubleUnaryOperator[per * directions];
    // Parameters are listed only for the functions that have some.
    int nextAlpha = 0;
    int nextBeta = 0;
    for (int i = 0; i < out.length; i++) {
      String name =
          (given == null || given.isEmpty() ? defaults.get(i % per) : given.get(i))
              .toLowerCase(Locale.ROOT);
      double a = defaultAlpha(name);
      double b = name.equals("hardsigmoid") ? 0.5 : 0;
      if (!Double.isNaN(a) && alpha != null && nextAlpha < alpha.length) {
        a = alpha[nextAlpha++];
      }
      if (List.of("hardsigmoid", "affine", "scaledtanh").contains(name)
          && beta != null
          && nextBeta < beta.length) {
        b = beta[nextBeta++];
      }
      out[i] = activation(name, a, b);
    }
    return out;
  }

  /** NaN for functions without a parameter. */
  private static double defaultAlpha(String name) {
    return switch (name) {
      case "leakyrelu" -> 0.01;
      case "hardsigmoid" -> 0.2;
      case "elu", "thresholdedrelu", "affine", "scaledtanh" -> 1;
      default -> Double.NaN;
    };
  }

  private static DoubleUnaryOperator activation(String name, double a, double b) {
    return switch (name) {
      case "sigmoid" -> ActivationKernels::sigmoid;
      case "tanh" -> Math::tanh;
      case "relu" -> v -> Math.max(v, 0);
      case "softplus" -> ActivationKernels::softplus;
      case "softsign" -> v -> v / (1 + Math.abs(v));
      case "leakyrelu" -> ActivationKernels.leakyRelu(a);
      case "elu" -> ActivationKernels.elu(a);
      case "thresholdedrelu" -> ActivationKernels.thresholdedRelu(a);
      case "hardsigmoid" -> ActivationKernels.hardSigmoid(a, b);
      case "affine" -> v -> a * v + b;
      case "scaledtanh" -> v -> a * Math.tanh(b * v);
      default -> throw new IllegalArgumentException("there is no activation '" + name + "'");
    };
  }
}
