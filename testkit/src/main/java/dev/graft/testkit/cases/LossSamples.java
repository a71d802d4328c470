package dev.graft.testkit.cases;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;

/** Nodes of losses over classes. */
final class LossSamples {
  private LossSamples() {}

  static void addTo(Catalogue c) {
    c.addAll(
        1,
        d -> reduction -> loss(d, "NegativeLogLikelihoodLoss").with("reduction", reduction),
        "mean",
        "sum",
        "none");
    c.addAll(
        1,
        d -> reduction -> loss(d, "SoftmaxCrossEntropyLoss").with("reduction", reduction),
        "mean",
        "sum",
        "none");
    c.addAll(
        1,
        d -> op -> loss(d, op).with("ignore_index", 1),
        "NegativeLogLikelihoodLoss",
        "SoftmaxCrossEntropyLoss");
    c.add(
        1,
        d -> {
          Sample sample = loss(d, "SoftmaxCrossEntropyLoss");
          return sample.outputs(2);
        });
    c.addAll(
        1,
        d ->
            reduction -> {
              HostTensor dy = reduction.equals("none") ? d.reals(4) : d.reals();
              Sample sample =
                  Sample.of(
                      "SoftmaxCrossEntropyLossGradient",
                      dy,
                      d.reals(-3, -0.1, 4, 3),
                      d.integers(DType.INT64, 0, 2, 4),
                      d.reals(0.5, 2, 3));
              return sample.with("reduction", reduction).with("ignore_index", 2).notSmooth();
            },
        "mean",
        "sum",
        "none");
  }

  private static Sample loss(Draw d, String operator) {
    boolean sequence = d.coin();
    HostTensor scores = sequence ? d.reals(2, 3, 2) : d.reals(5, 3);
    HostTensor labels =
        sequence ? d.integers(DType.INT64, 0, 2, 2, 2) : d.integers(DType.INT64, 0, 2, 5);
    Sample sample =
        d.coin()
            ? Sample.of(operator, scores, labels)
            : Sample.of(operator, scores, labels, d.reals(0.5, 2, 3));
    return sample.smooth(0);
  }
}
