package dev.graft.testkit.cases;

import dev.graft.graph.Graph;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;

/** Nodes of convolutions in one to three dimensions, transposed ones, and their gradients. */
final class ConvolutionSamples {
  private ConvolutionSamples() {}

  static void addTo(Catalogue c) {
    c.add(5, d -> conv(d, 2));
    c.add(2, d -> conv(d, 1));
    c.add(1, d -> conv(d, 3));
    c.add(
        1,
        d ->
            Sample.of("Conv", d.reals(2, 4, 6, 5), d.reals(4, 1, 3, 3))
                .with("group", 4)
                .with("pads", new long[] {1, 1, 1, 1}));
    c.addAll(
        1,
        d ->
            mode ->
                Sample.of("Conv", d.reals(1, 2, 5, 6), d.reals(3, 2, 3, 2))
                    .with("auto_pad", mode)
                    .with("strides", new long[] {2, 2}),
        "SAME_UPPER",
        "SAME_LOWER",
        "VALID");
    c.add(4, d -> inputGradient(d));
    c.add(4, d -> weightGradient(d));
    c.add(3, d -> transposed(d, 2));
    c.add(2, d -> transposed(d, 1));
    c.add(
        1,
        d ->
            Sample.of("ConvTranspose", d.reals(1, 2, 3, 3), d.reals(2, 2, 3, 3))
                .with("strides", new long[] {2, 2})
                .with("auto_pad", "SAME_UPPER"));
    c.add(
        1,
        d ->
            Sample.of("ConvTranspose", d.reals(1, 2, 3, 3), d.reals(2, 2, 3, 3))
                .with("strides", new long[] {3, 2})
                .with("output_shape", new long[] {10, 8}));
    c.add(1, d -> Sample.of("Col2Im", d.reals(2, 12, 9)).vector(4, 5).vector(2, 3));
    c.add(
        1,
        d ->
            Sample.of("Col2Im", d.reals(1, 8, 6))
                .vector(6, 5)
                .vector(2, 2)
                .with("strides", new long[] {2, 3})
                .with("dilations", new long[] {2, 1})
                .with("pads", new long[] {0, 1, 1, 1}));
  }

  private static long[] many(Draw d, int n, int low, int high) {
    long[] out = new long[n];
    Arrays.setAll(out, i -> d.between(low, high));
    return out;
  }

  private static long[] shape(long first, long second, long... rest) {
    long[] out = new long[2 + rest.length];
    out[0] = first;
    out[1] = second;
    System.arraycopy(rest, 0, out, 2, rest.length);
    return out;
  }

  static Sample conv(Draw d, int rank) {
    int group = d.one(1, 1, 2);
    int in = group * d.between(1, 2);
    int out = group * d.between(1, 2);
    long[] spatial = many(d, rank, 4, rank == 3 ? 4 : 6);
    long[] kernel = many(d, rank, 1, rank == 3 ? 2 : 3);
    HostTensor x = d.reals(shape(d.between(1, 2), in, spatial));
    HostTensor w = d.reals(shape(out, in / group, kernel));
    Sample sample = d.coin() ? Sample.of("Conv", x, w) : Sample.of("Conv", x, w, d.reals(out));
    return sample
        .with("kernel_shape", kernel)
        .with("strides", many(d, rank, 1, 2))
        .with("pads", many(d, 2 * rank, 0, 1))
        .with("dilations", Arrays.stream(kernel).map(k -> k < 3 ? d.between(1, 2) : 1).toArray())
        .with("group", group);
  }

  /** The attributes of a convolution, and what its result looks like. */
  private record Forward(Sample conv, HostTensor x, HostTensor w, HostTensor dy) {
    static Forward of(Draw d) {
      Sample conv = ConvolutionSamples.conv(d, d.one(1, 2, 2));
      HostTensor x = conv.feeds().get("in0");
      HostTensor w = conv.feeds().get("in1");
      Graph graph = conv.graph();
      return new Forward(conv, x, w, d.reals(graph.type(graph.outputs().get(0)).shape().sizes()));
    }

    Sample withAttributes(Sample sample) {
      Sample result = sample;
      for (String name : new String[] {"strides", "pads", "dilations"}) {
        result = result.with(name, conv.attributes().ints(name, new long[0]));
      }
      return result.with("group", conv.attributes().i("group", 1));
    }
  }

  private static Sample inputGradient(Draw d) {
    Forward f = Forward.of(d);
    return f.withAttributes(Sample.of("ConvInputGradient", f.dy, f.w))
        .with("input_shape", f.x.shape().sizes());
  }

  private static Sample weightGradient(Draw d) {
    Forward f = Forward.of(d);
    return f.withAttributes(Sample.of("ConvWeightGradient", f.x, f.dy))
        .with("weight_shape", f.w.shape().sizes());
  }

  private static Sample transposed(Draw d, int rank) {
    int group = d.one(1, 1, 2);
    int in = group * d.between(1, 2);
    int out = d.between(1, 2);
    long[] kernel = many(d, rank, 2, 3);
    long[] strides = many(d, rank, 1, 2);
    HostTensor x = d.reals(shape(d.between(1, 2), in, many(d, rank, 3, 4)));
    HostTensor w = d.reals(shape(in, out, kernel));
    Sample sample =
        d.coin()
            ? Sample.of("ConvTranspose", x, w)
            : Sample.of("ConvTranspose", x, w, d.reals((long) out * group));
    return sample
        .with("strides", strides)
        .with("pads", many(d, 2 * rank, 0, 1))
        .with("output_padding", Arrays.stream(strides).map(s -> s - 1).toArray())
        .with("group", group);
  }
}
