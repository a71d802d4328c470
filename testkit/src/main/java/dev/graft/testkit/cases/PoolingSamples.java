package dev.graft.testkit.cases;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.tensor.HostTensor;
import dev.graft.testkit.reference.ReferenceInterpreter;
import java.util.Arrays;
import java.util.Map;

/** Nodes of pooling operators and their gradients. */
final class PoolingSamples {
  private PoolingSamples() {}

  static void addTo(Catalogue c) {
    c.add(4, d -> window(d, "MaxPool", 2).outputs(d.between(1, 2)));
    c.add(1, d -> window(d, "MaxPool", 1));
    c.add(1, d -> window(d, "MaxPool", 3));
    c.add(
        1,
        d ->
            Sample.of("MaxPool", d.distinct(1, 2, 6, 7))
                .with("kernel_shape", new long[] {2, 2})
                .with("dilations", new long[] {2, 2}));
    c.add(4, d -> window(d, "AveragePool", 2).with("count_include_pad", d.between(0, 1)));
    c.add(1, d -> window(d, "AveragePool", 1));
    c.addAll(
        1,
        d ->
            mode ->
                Sample.of("AveragePool", d.reals(1, 2, 5, 6))
                    .with("kernel_shape", new long[] {3, 3})
                    .with("strides", new long[] {2, 2})
                    .with("auto_pad", mode),
        "SAME_UPPER",
        "SAME_LOWER");
    c.add(2, d -> window(d, "LpPool", 2).with("p", d.between(1, 3)));
    c.addAll(
        2,
        d -> op -> Sample.of(op, d.distinct(2, 3, d.between(2, 4), d.between(2, 4))),
        "GlobalAveragePool",
        "GlobalMaxPool",
        "GlobalLpPool");
    c.add(3, PoolingSamples::maxPoolGradient);
    c.add(3, PoolingSamples::averagePoolGradient);
  }

  private static Sample window(Draw d, String operator, int rank) {
    long[] shape = new long[rank + 2];
    Arrays.setAll(shape, i -> i == 0 ? d.between(1, 2) : i == 1 ? 2 : d.between(4, 6));
    long[] kernel = new long[rank];
    Arrays.setAll(kernel, i -> d.between(2, 3));
    long[] strides = new long[rank];
    Arrays.setAll(strides, i -> d.between(1, 2));
    long[] pads = new long[2 * rank];
    Arrays.setAll(pads, i -> d.between(0, 1));
    Sample sample =
        Sample.of(operator, d.distinct(shape))
            .with("kernel_shape", kernel)
            .with("strides", strides)
            .with("pads", pads);
    return operator.equals("LpPool") ? sample : sample.with("ceil_mode", d.between(0, 1));
  }

  private static Sample maxPoolGradient(Draw d) {
    Sample forward = window(d, "MaxPool", 2).outputs(2);
    HostTensor x = forward.feeds().get("in0");
    Graph graph = forward.graph();
    Map<String, HostTensor> results = ReferenceInterpreter.of(graph).run(forward.feeds());
    HostTensor y = results.get("out0");
    HostTensor dy = d.reals(y.shape().sizes());
    Sample sample =
        Sample.of("MaxPoolGradient", dy, x, y, results.get("out1"))
            .with("dilations", new long[] {1, 1})
            .smooth(0);
    return withAttributes(sample, forward.attributes());
  }

  private static Sample averagePoolGradient(Draw d) {
    Sample forward = window(d, "AveragePool", 2).with("count_include_pad", d.between(0, 1));
    Graph graph = forward.graph();
    HostTensor dy = d.reals(graph.type("out0").shape().sizes());
    Sample sample =
        Sample.of("AveragePoolGradient", dy)
            .with("dilations", new long[] {1, 1})
            .with("input_shape", forward.feeds().get("in0").shape().sizes());
    return withAttributes(sample, forward.attributes());
  }

  private static Sample withAttributes(Sample sample, Attributes attributes) {
    Sample result = sample;
    for (String name : attributes.names()) {
      Object value = attributes.get(name);
      result = value == null ? result : result.with(name, value);
    }
    return result;
  }
}
