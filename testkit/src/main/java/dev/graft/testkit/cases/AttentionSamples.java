package dev.graft.testkit.cases;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;

/** Nodes of scaled dot-product attention. */
final class AttentionSamples {
  private AttentionSamples() {}

  static void addTo(Catalogue c) {
    c.add(1, d -> Sample.of("Attention", q(d), kv(d), kv(d)));
    c.add(1, d -> Sample.of("Attention", q(d), kv(d), kv(d)).with("is_causal", 1));
    c.add(1, d -> Sample.of("Attention", q(d), kv(d), kv(d), d.reals(3, 4)).with("scale", 0.7));
    c.add(
        1,
        d -> Sample.of("Attention", q(d), kv(d), kv(d), d.reals(2, 1, 3, 4)).with("softcap", 2.0));
    c.add(
        1,
        d ->
            Sample.of(
                "Attention",
                q(d),
                kv(d),
                kv(d),
                HostTensor.of(
                    new boolean[] {
                      true, true, false, true, true, false, false, true, true, true, true, true
                    },
                    3,
                    4)));
    c.add(
        1,
        d ->
            Sample.of("Attention", d.reals(2, 3, 8), d.reals(2, 4, 4), d.reals(2, 4, 4))
                .with("q_num_heads", 4)
                .with("kv_num_heads", 2));
    c.add(
        1,
        d ->
            Sample.of(
                    "Attention", q(d), kv(d), kv(d), null, d.reals(2, 2, 2, 3), d.reals(2, 2, 2, 3))
                .outputs(3));
    c.add(
        2,
        d ->
            Sample.of("RotaryEmbedding", d.reals(2, 2, 3, 4), d.reals(2, 3, 2), d.reals(2, 3, 2))
                .with("interleaved", d.between(0, 1)));
    c.add(
        1,
        d ->
            Sample.of(
                    "RotaryEmbedding",
                    d.reals(2, 3, 12),
                    d.reals(5, 2),
                    d.reals(5, 2),
                    d.integers(DType.INT64, 0, 4, 2, 3))
                .with("num_heads", 2)
                .with("rotary_embedding_dim", 4));
  }

  private static HostTensor q(Draw d) {
    return d.reals(2, 2, 3, 3);
  }

  private static HostTensor kv(Draw d) {
    return d.reals(2, 2, 4, 3);
  }
}
