package dev.graft.testkit.cases;

import java.util.List;

/** Nodes of nonlinearities, softmax and their gradients. */
final class ActivationSamples {
  private ActivationSamples() {}

  static void addTo(Catalogue c) {
    c.addAll(
        2,
        d -> op -> Sample.of(op, d.reals(-3, 3, d.shape())),
        "Sigmoid",
        "Tanh",
        "Softplus",
        "Mish");
    c.addAll(
        2,
        d -> op -> Sample.of(op, d.realsWithout(List.of(0.0), d.shape())),
        "Relu",
        "Softsign",
        "HardSwish",
        "Selu");
    c.addAll(
        2,
        d ->
            op ->
                Sample.of(op, d.realsWithout(List.of(0.0), d.shape()))
                    .with("alpha", d.uniform(0.1, 1.5)),
        "LeakyRelu",
        "Elu",
        "Celu");
    c.add(2, d -> Sample.of("Swish", d.reals(d.shape())).with("alpha", d.uniform(0.5, 1.5)));
    c.add(
        2,
        d ->
            Sample.of("ThresholdedRelu", d.realsWithout(List.of(0.5), d.shape()))
                .with("alpha", 0.5));
    c.add(
        2,
        d ->
            Sample.of("HardSigmoid", d.realsWithout(List.of(-1.0, 1.0), d.shape()))
                .with("alpha", 0.5));
    c.add(
        2,
        d ->
            Sample.of("Shrink", d.realsWithout(List.of(-0.5, 0.5), d.shape()))
                .with("bias", d.uniform(0, 1)));
    c.add(1, d -> Sample.of("Gelu", d.reals(-3, 3, d.shape())));
    c.add(1, d -> Sample.of("Gelu", d.reals(-3, 3, d.shape())).with("approximate", "tanh"));
    c.addAll(3, d -> op -> softmax(d, op), "Softmax", "LogSoftmax", "Hardmax");
    c.add(2, d -> gradient(d, "ReluGradient"));
    c.add(1, d -> gradient(d, "GeluGradient"));
    c.add(1, d -> gradient(d, "GeluGradient").with("approximate", "tanh"));
    c.addAll(
        2,
        d -> op -> gradient(d, op).with("axis", d.one(0L, -1L)),
        "SoftmaxGradient",
        "LogSoftmaxGradient");
  }

  private static Sample softmax(Draw d, String operator) {
    long[] shape = d.shape();
    return Sample.of(operator, d.distinct(shape))
        .with("axis", d.between(-shape.length, shape.length - 1));
  }

  private static Sample gradient(Draw d, String operator) {
    long[] shape = d.shape();
    return Sample.of(operator, d.reals(shape), d.realsWithout(List.of(0.0), shape));
  }
}
