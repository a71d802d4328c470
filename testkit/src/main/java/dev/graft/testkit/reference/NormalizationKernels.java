package dev.graft.testkit.reference;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Normalisations over batches, layers, groups, instances and channels, and their gradients. */
final class NormalizationKernels {
  private NormalizationKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("BatchNormalization", NormalizationKernels::batchNormalization);
    table.put("BatchNormalizationTraining", NormalizationKernels::batchNormalizationTraining);
    table.put("BatchNormalizationGradient", NormalizationKernels::batchNormalizationGradient);
    table.put("LayerNormalization", NormalizationKernels::layerNormalization);
    table.put("LayerNormalizationGradient", NormalizationKernels::layerNormalizationGradient);
    table.put("RMSNormalization", NormalizationKernels::rmsNormalization);
    table.put("InstanceNormalization", NormalizationKernels::instanceNormalization);
    table.put("GroupNormalization", NormalizationKernels::groupNormalization);
    table.put("LpNormalization", NormalizationKernels::lpNormalization);
    table.put("LRN", NormalizationKernels::localResponse);
    table.put("MeanVarianceNormalization", NormalizationKernels::meanVariance);
  }

  /** Mean and biased variance of each group of elements; {@code group} tells an element's group. */
  private record Statistics(double[] mean, double[] variance) {
    static Statistics of(double[] x, int[] group, int groups) {
      double[] count = new double[groups];
      double[] mean = new double[groups];
      double[] variance = new double[groups];
      for (int i = 0; i < x.length; i++) {
        mean[group[i]] += x[i];
        count[group[i]]++;
      }
      Arrays.setAll(mean, g -> mean[g] / count[g]);
      for (int i = 0; i < x.length; i++) {
        double d = x[i] - mean[group[i]];
        variance[group[i]] += d * d;
      }
      Arrays.setAll(variance, g -> variance[g] / count[g]);
      return new Statistics(mean, variance);
    }

    double[] inverseDeviation(double epsilon) {
      return Arrays.stream(variance).map(v -> 1 / Math.sqrt(v + epsilon)).toArray();
    }
  }

  /** For each element of {@code [N, C, ...]} its channel. */
  private static int[] channels(Array x) {
    if (x.rank() < 2) {
      return new int[x.size()];
    }
    int inner = Indices.product(x.shape, 2, x.rank());
    return IntStream.range(0, x.size()).map(i -> i / inner % x.shape[1]).toArray();
  }

  /** {@code (x - mean) * inverse deviation * scale + bias}, each per group of elements. */
  private static Array normalize(
      Array x,
      int[] group,
      double[] mean,
      double[] inverse,
      int[] weight,
      Array scale,
      @Nullable Array bias) {
    double[] out = new double[x.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (x.real(i) - mean[group[i]]) * inverse[group[i]] * scale.real(weight[i]);
      out[i] += bias == null ? 0 : bias.real(weight[i]);
    }
    return Array.of(x.dtype, x.shape, out);
  }

  private static List<Array> batchNormalization(Call c) {
    if (c.flag("training_mode")) {
      return batchNormalizationTraining(c);
    }
    Array x = c.in(0);
    double epsilon = c.f("epsilon", 1e-5);
    double[] inverse = new Statistics(new double[0], c.in(4).reals()).inverseDeviation(epsilon);
    int[] channels = channels(x);
    return List.of(normalize(x, channels, c.in(3).reals(), inverse, channels, c.in(1), c.in(2)));
  }

  private static List<Array> batchNormalizationTraining(Call c) {
    Array x = c.in(0);
    int[] channels = channels(x);
    Statistics s = Statistics.of(x.reals(), channels, c.in(1).size());
    double[] inverse = s.inverseDeviation(c.f("epsilon", 1e-5));
    double keep = c.f("momentum", 0.9);
    return List.of(
        normalize(x, channels, s.mean, inverse, channels, c.in(1), c.in(2)),
        blend(c.in(3), keep, s.mean),
        blend(c.in(4), keep, s.variance),
        Array.of(c.in(3).dtype, c.in(3).shape, s.mean),
        Array.of(c.in(3).dtype, c.in(3).shape, inverse));
  }

  private static Array blend(Array old, double keep, double[] batch) {
    double[] out = new double[batch.length];
    Arrays.setAll(out, i -> old.real(i) * keep + batch[i] * (1 - keep));
    return Array.of(old.dtype, old.shape, out);
  }

  /** Ioffe and Szegedy 2015, section 3. */
  private static List<Array> batchNormalizationGradient(Call c) {
    Array x = c.in(1);
    Array scale = c.in(2);
    int[] channels = channels(x);
    Gradient g = Gradient.of(c.in(0), x, scale, channels, channels, c.in(3), c.in(4));
    return List.of(
        g.dx,
        Array.of(scale.dtype, scale.shape, g.dscale),
        Array.of(scale.dtype, scale.shape, g.dbias));
  }

  private record Gradient(Array dx, double[] dscale, double[] dbias) {
    /**
     * The derivative of {@link #normalize} where mean and deviation are those of each group itself.
     */
    static Gradient of(
        Array dy, Array x, Array scale, int[] group, int[] weight, Array mean, Array inverse) {
      int n = x.size();
      double[] dscale = new double[scale.size()];
      double[] dbias = new double[scale.size()];
      double[] count = new double[mean.size()];
      double[] sum = new double[mean.size()];
      double[] sumWithX = new double[mean.size()];
      double[] normal = new double[n];
      double[] dnormal = new double[n];
      for (int i = 0; i < n; i++) {
        int g = group[i];
        normal[i] = (x.real(i) - mean.real(g)) * inverse.real(g);
        dnormal[i] = dy.real(i) * scale.real(weight[i]);
        dscale[weight[i]] += dy.real(i) * normal[i];
        dbias[weight[i]] += dy.real(i);
        sum[g] += dnormal[i];
        sumWithX[g] += dnormal[i] * normal[i];
        count[g]++;
      }
      double[] dx = new double[n];
      for (int i = 0; i < n; i++) {
        int g = group[i];
        double centred = dnormal[i] - sum[g] / count[g] - normal[i] * sumWithX[g] / count[g];
        dx[i] = inverse.real(g) * centred;
      }
      return new Gradient(Array.of(x.dtype, x.shape, dx), dscale, dbias);
    }
  }

  /** For each element the row that it is normalised in: all axes from {@code axis} on are one. */
  private static int[] rows(Array x, int axis) {
    int inner = Indices.product(x.shape, axis, x.rank());
    return IntStream.range(0, x.size()).map(i -> i / inner).toArray();
  }

  private static List<Array> layerNormalization(Call c) {
    Array x = c.in(0);
    int axis = x.axis(c.i("axis", -1));
    int[] rows = rows(x, axis);
    int[] shape = x.shape.clone();
    Arrays.fill(shape, axis, shape.length, 1);
    Statistics s = Statistics.of(x.reals(), rows, Indices.size(shape));
    double[] inverse = s.inverseDeviation(c.f("epsilon", 1e-5));
    int[] weight = Indices.broadcastPositions(c.in(1).shape, x.shape);
    Array unbiased = normalize(x, rows, s.mean, inverse, weight, c.in(1), null);
    Array y =
        c.has(2) ? ElementwiseKernels.combine(unbiased, c.in(2), Double::sum, Long::sum) : unbiased;
    return List.of(y, Array.of(x.dtype, shape, s.mean), Array.of(x.dtype, shape, inverse));
  }

  private static List<Array> layerNormalizationGradient(Call c) {
    Array x = c.in(1);
    Array scale = c.in(2);
    int[] rows = rows(x, x.axis(c.i("axis", -1)));
    int[] weight = Indices.broadcastPositions(scale.shape, x.shape);
    Gradient g = Gradient.of(c.in(0), x, scale, rows, weight, c.in(3), c.in(4));
    return List.of(
        g.dx,
        Array.of(scale.dtype, scale.shape, g.dscale),
        Array.of(scale.dtype, scale.shape, g.dbias));
  }

  private static List<Array> rmsNormalization(Call c) {
    Array x = c.in(0);
    int axis = x.axis(c.i("axis", -1));
    int[] rows = rows(x, axis);
    int groups = Indices.product(x.shape, 0, axis);
    double size = x.size() / (double) groups;
    double[] squares = new double[groups];
    for (int i = 0; i < x.size(); i++) {
      squares[rows[i]] += x.real(i) * x.real(i) / size;
    }
    double[] inverse =
        new Statistics(new double[0], squares).inverseDeviation(c.f("epsilon", 1e-5));
    int[] weight = Indices.broadcastPositions(c.in(1).shape, x.shape);
    return List.of(normalize(x, rows, new double[groups], inverse, weight, c.in(1), null));
  }

  private static List<Array> instanceNormalization(Call c) {
    return List.of(byGroups(c, c.in(0).shape[1]));
  }

  private static List<Array> groupNormalization(Call c) {
    return List.of(byGroups(c, (int) c.i("num_groups", 1)));
  }

  /** Each sample's channels form groups with statistics of their own; weights are per channel. */
  private static Array byGroups(Call c, int groups) {
    Array x = c.in(0);
    int size = x.size() / x.shape[0] / groups;
    int[] group = IntStream.range(0, x.size()).map(i -> i / size).toArray();
    Statistics s = Statistics.of(x.reals(), group, x.shape[0] * groups);
    double[] inverse = s.inverseDeviation(c.f("epsilon", 1e-5));
    return normalize(x, group, s.mean, inverse, channels(x), c.in(1), c.in(2));
  }

  private static List<Array> lpNormalization(Call c) {
    Array x = c.in(0);
    long p = c.i("p", 2);
    Indices.Split split = Indices.Split.at(x.shape, x.axis(c.i("axis", -1)));
    double[] out = new double[x.size()];
    for (int o = 0; o < split.outer(); o++) {
      for (int k = 0; k < split.inner(); k++) {
        double norm = 0;
        for (int i = 0; i < split.size(); i++) {
          norm += Math.pow(Math.abs(x.real(split.position(o, i, k))), p);
        }
        norm = p == 1 ? norm : Math.sqrt(norm);
        for (int i = 0; i < split.size(); i++) {
          int at = split.position(o, i, k);
          // A vector of zeros stays one.
          out[at] = norm == 0 ? 0 : x.real(at) / norm;
        }
      }
    }
    return List.of(Array.of(x.dtype, x.shape, out));
  }

  /** Krizhevsky, Sutskever, Hinton 2012, section 3.3, with the sum divided by the size. */
  private static List<Array> localResponse(Call c) {
    Array x = c.in(0);
    int size = (int) c.i("size", 1);
    double alpha = c.f("alpha", 1e-4);
    double beta = c.f("beta", 0.75);
    double bias = c.f("bias", 1);
    Indices.Split split = Indices.Split.at(x.shape, 1);
    double[] out = new double[x.size()];
    for (int n = 0; n < split.outer(); n++) {
      for (int channel = 0; channel < split.size(); channel++) {
        int first = Math.max(0, channel - (size - 1) / 2);
        int last = Math.min(split.size() - 1, channel + size / 2);
        for (int k = 0; k < split.inner(); k++) {
          double sum = 0;
          for (int j = first; j <= last; j++) {
            double v = x.real(split.position(n, j, k));
            sum += v * v;
          }
          int at = split.position(n, channel, k);
          out[at] = x.real(at) / Math.pow(bias + alpha / size * sum, beta);
        }
      }
    }
    return List.of(Array.of(x.dtype, x.shape, out));
  }

  private static List<Array> meanVariance(Call c) {
    Array x = c.in(0);
    int[] kept = x.shape.clone();
    for (long axis : c.attributes().ints("axes", 0, 2, 3)) {
      kept[x.axis(axis)] = 1;
    }
    int[] group = Indices.broadcastPositions(kept, x.shape);
    Statistics s = Statistics.of(x.reals(), group, Indices.size(kept));
    double[] out = new double[x.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (x.real(i) - s.mean[group[i]]) / (Math.sqrt(s.variance[group[i]]) + 1e-9);
    }
    return List.of(Array.of(x.dtype, x.shape, out));
  }
}
