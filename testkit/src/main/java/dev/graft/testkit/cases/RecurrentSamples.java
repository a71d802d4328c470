package dev.graft.testkit.cases;

import dev.graft.tensor.HostTensor;

/** Nodes of recurrent layers. */
final class RecurrentSamples {
  private static final int STEPS = 3;
  private static final int BATCH = 2;
  private static final int INPUTS = 2;
  private static final int HIDDEN = 3;

  private RecurrentSamples() {}

  static void addTo(Catalogue c) {
    c.addAll(1, d -> direction -> layer(d, "RNN", 1, direction), "forward", "bidirectional");
    c.addAll(1, d -> direction -> layer(d, "GRU", 3, direction), "forward", "reverse");
    c.add(1, d -> layer(d, "GRU", 3, "bidirectional").with("linear_before_reset", 1));
    c.addAll(
        1, d -> direction -> layer(d, "LSTM", 4, direction), "forward", "reverse", "bidirectional");
  }

  private static Sample layer(Draw d, String operator, int gates, String direction) {
    int directions = direction.equals("bidirectional") ? 2 : 1;
    long rows = (long) gates * HIDDEN;
    HostTensor x = d.reals(STEPS, BATCH, INPUTS);
    HostTensor w = d.reals(directions, rows, INPUTS);
    HostTensor r = d.reals(directions, rows, HIDDEN);
    HostTensor b = d.reals(directions, 2 * rows);
    HostTensor h = d.reals(directions, BATCH, HIDDEN);
    boolean lstm = operator.equals("LSTM");
    Sample sample =
        d.coin()
            ? Sample.of(operator, x, w, r, b)
            : lstm
                ? Sample.of(operator, x, w, r, b, null, h, d.reals(directions, BATCH, HIDDEN))
                : Sample.of(operator, x, w, r, b, null, h);
    return sample
        .with("hidden_size", HIDDEN)
        .with("direction", direction)
        .outputs(lstm ? 3 : 2)
        .objectives(0, 1);
  }
}
