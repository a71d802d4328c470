package dev.graft.testkit.cases;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;

/** Nodes of reductions, arg-extrema, top-k and cumulative sums. */
final class ReductionSamples {
  private ReductionSamples() {}

  static void addTo(Catalogue c) {
    c.addAll(
        4,
        d -> op -> reduced(d, op),
        "ReduceSum",
        "ReduceMean",
        "ReduceMax",
        "ReduceMin",
        "ReduceProd",
        "ReduceL1",
        "ReduceL2",
        "ReduceSumSquare",
        "ReduceLogSumExp");
    c.add(
        3,
        d -> {
          Sample sample = reduced(d, "ReduceLogSum");
          long[] shape = sample.feeds().get(Sample.inputName(0)).shape().sizes();
          Sample positive = Sample.of("ReduceLogSum", d.reals(0.2, 2, shape));
          for (String name : sample.attributes().names()) {
            positive = positive.with(name, sample.attributes().i(name, 0));
          }
          return positive;
        });
    c.add(1, d -> Sample.of("ReduceSum", d.reals(2, 3)).with("noop_with_empty_axes", 1));
    c.addAll(
        1,
        d -> op -> Sample.of(op, d.integers(DType.INT64, -5, 5, 3, 4)).vector(1),
        "ReduceSum",
        "ReduceMax",
        "ReduceMin",
        "ReduceProd");
    c.addAll(
        3,
        d ->
            op -> {
              long[] shape = d.shape();
              return Sample.of(op, d.distinct(shape))
                  .with("axis", d.between(-shape.length, shape.length - 1))
                  .with("keepdims", d.between(0, 1));
            },
        "ArgMax",
        "ArgMin");
    c.add(
        3,
        d -> {
          long[] shape = d.shape();
          int axis = d.between(0, shape.length - 1);
          return Sample.of("TopK", d.distinct(shape))
              .vector(d.between(1, (int) shape[axis]))
              .with("axis", axis)
              .with("largest", d.between(0, 1))
              .outputs(2);
        });
    c.addAll(
        3,
        d ->
            op -> {
              long[] shape = d.shape();
              return Sample.of(op, d.reals(0.5, 1.5, shape))
                  .constants(HostTensor.scalar((long) d.between(0, shape.length - 1)))
                  .with("exclusive", d.between(0, 1))
                  .with("reverse", d.between(0, 1));
            },
        "CumSum",
        "CumProd");
  }

  private static Sample reduced(Draw d, String operator) {
    long[] shape = d.shape();
    // The product of many numbers stays in range only if they are near one.
    HostTensor x = operator.equals("ReduceProd") ? d.reals(0.7, 1.4, shape) : d.distinct(shape);
    Sample sample = Sample.of(operator, x).with("keepdims", d.between(0, 1));
    if (d.between(0, 3) == 0) {
      return sample;
    }
    int[] order = d.permutation(shape.length);
    int count = d.between(1, shape.length);
    long[] axes = Arrays.stream(order, 0, count).sorted().asLongStream().toArray();
    if (d.coin()) {
      axes[0] -= shape.length;
    }
    return sample.vector(axes);
  }
}
