package dev.graft.testkit.cases;

import dev.graft.tensor.HostTensor;

/** Nodes of optimizer updates. */
final class UpdateSamples {
  private UpdateSamples() {}

  static void addTo(Catalogue c) {
    c.add(
        4,
        d ->
            Sample.of("SgdUpdate", d.reals(3, 2), d.reals(3, 2), d.reals(3, 2), d.reals(0.01, 0.1))
                .with("momentum", d.uniform(0, 1))
                .with("dampening", d.one(0.0, 0.3))
                .with("nesterov", d.between(0, 1))
                .with("weight_decay", d.one(0.0, 0.1))
                .outputs(2));
    c.add(
        3,
        d ->
            Sample.of(
                    "AdamWUpdate",
                    d.reals(3, 2),
                    d.reals(3, 2),
                    d.reals(3, 2),
                    d.reals(0.1, 1, 3, 2),
                    HostTensor.scalar((float) d.between(1, 20)),
                    d.reals(0.01, 0.1))
                .with("beta1", 0.9)
                .with("beta2", 0.99)
                .with("epsilon", 1e-6)
                .with("weight_decay", d.one(0.0, 0.1))
                .outputs(3));
  }
}
