package dev.graft.testkit.cases;

import dev.graft.tensor.HostTensor;
import java.util.Arrays;

/** Nodes of normalisations and their gradients. */
final class NormalizationSamples {
  private NormalizationSamples() {}

  static void addTo(Catalogue c) {
    c.add(
        3,
        d -> {
          long[] shape = image(d);
          long n = shape[1];
          return Sample.of(
                  "BatchNormalization",
                  d.reals(shape),
                  d.reals(n),
                  d.reals(n),
                  d.reals(n),
                  d.reals(0.5, 2, n))
              .with("epsilon", 1e-3);
        });
    c.add(
        3,
        d -> {
          long[] shape = image(d);
          long n = shape[1];
          return Sample.of(
                  "BatchNormalizationTraining",
                  d.reals(shape),
                  d.reals(n),
                  d.reals(n),
                  d.reals(n),
                  d.reals(0.5, 2, n))
              .with("epsilon", 1e-2)
              .with("momentum", 0.8)
              .outputs(5)
              .smooth(0, 1, 2);
        });
    c.add(2, NormalizationSamples::batchGradient);
    c.add(4, d -> layer(d).outputs(d.between(1, 3)));
    c.add(2, NormalizationSamples::layerGradient);
    c.add(
        3,
        d -> {
          long[] shape = d.shape(3);
          int axis = d.between(0, 2);
          return Sample.of(
                  "RMSNormalization", d.reals(shape), d.reals(Arrays.copyOfRange(shape, axis, 3)))
              .with("axis", d.coin() ? axis : axis - 3)
              .with("epsilon", 1e-2);
        });
    c.add(
        2,
        d -> {
          long[] shape = image(d);
          return Sample.of(
                  "InstanceNormalization", d.reals(shape), d.reals(shape[1]), d.reals(shape[1]))
              .with("epsilon", 1e-2);
        });
    c.add(
        2,
        d ->
            Sample.of("GroupNormalization", d.reals(2, 4, 3, 2), d.reals(4), d.reals(4))
                .with("num_groups", d.one(1, 2, 4))
                .with("epsilon", 1e-2));
    c.add(
        3,
        d -> {
          long[] shape = d.shape();
          return Sample.of("LpNormalization", d.distinct(shape))
              .with("axis", d.between(-shape.length, shape.length - 1))
              .with("p", d.between(1, 2));
        });
    c.add(
        2,
        d ->
            Sample.of("LRN", d.reals(2, 5, 3, 2))
                .with("size", d.one(3, 5, 2))
                .with("alpha", 0.5)
                .with("beta", 0.6)
                .with("bias", 1.5));
    c.add(1, d -> Sample.of("MeanVarianceNormalization", d.reals(2, 3, 3, 2)));
  }

  private static long[] image(Draw d) {
    return d.coin()
        ? new long[] {d.between(2, 3), d.between(1, 3), 3, 2}
        : new long[] {4, d.between(1, 3), 3};
  }

  private static Sample batchGradient(Draw d) {
    long[] shape = image(d);
    long n = shape[1];
    return Sample.of(
            "BatchNormalizationGradient",
            d.reals(shape),
            d.reals(shape),
            d.reals(n),
            d.reals(n),
            d.reals(0.5, 2, n))
        .outputs(3)
        .notSmooth();
  }

  private static Sample layer(Draw d) {
    long[] shape = d.shape(3);
    int axis = d.between(0, 2);
    long[] tail = Arrays.copyOfRange(shape, axis, 3);
    HostTensor x = d.reals(shape);
    Sample sample =
        d.coin()
            ? Sample.of("LayerNormalization", x, d.reals(tail))
            : Sample.of("LayerNormalization", x, d.reals(tail), d.reals(tail));
    return sample.with("axis", d.coin() ? axis : axis - 3).with("epsilon", 1e-2);
  }

  private static Sample layerGradient(Draw d) {
    long[] shape = d.shape(3);
    int axis = d.between(1, 2);
    long[] rows = shape.clone();
    Arrays.fill(rows, axis, 3, 1);
    return Sample.of(
            "LayerNormalizationGradient",
            d.reals(shape),
            d.reals(shape),
            d.reals(Arrays.copyOfRange(shape, axis, 3)),
            d.reals(rows),
            d.reals(0.5, 2, rows))
        .with("axis", axis)
        .outputs(3)
        .notSmooth();
  }
}
