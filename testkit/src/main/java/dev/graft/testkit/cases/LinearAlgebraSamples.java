package dev.graft.testkit.cases;

import dev.graft.tensor.HostTensor;

/** Nodes of matrix products and Einstein summation. */
final class LinearAlgebraSamples {
  private LinearAlgebraSamples() {}

  static void addTo(Catalogue c) {
    c.add(1, d -> Sample.of("MatMul", d.reals(3, 4), d.reals(4, 2)));
    c.add(1, d -> Sample.of("MatMul", d.reals(4), d.reals(4)));
    c.add(1, d -> Sample.of("MatMul", d.reals(4), d.reals(2, 4, 3)));
    c.add(1, d -> Sample.of("MatMul", d.reals(2, 3, 4), d.reals(4)));
    c.add(1, d -> Sample.of("MatMul", d.reals(2, 3, 4), d.reals(4, 2)));
    c.add(1, d -> Sample.of("MatMul", d.reals(2, 1, 3, 4), d.reals(3, 4, 2)));
    c.add(4, LinearAlgebraSamples::gemm);
    c.addAll(
        1,
        d ->
            equation ->
                Sample.of("Einsum", d.reals(2, 3, 4), d.reals(2, 4, 3)).with("equation", equation),
        "bij,bjk->bik",
        "bij,bkl->bil",
        "bij, bjk",
        "...ij,...jk->...ik",
        "bij,bji->b");
    c.addAll(
        1,
        d -> equation -> Sample.of("Einsum", d.reals(3, 3)).with("equation", equation),
        "ij->ji",
        "ij->i",
        "ii->i",
        "ij->",
        "ii");
    c.add(
        1,
        d ->
            Sample.of("Einsum", d.reals(3), d.reals(4), d.reals(3, 4))
                .with("equation", "i,j,ij->"));
  }

  private static Sample gemm(Draw d) {
    int m = d.between(1, 4);
    int k = d.between(1, 4);
    int n = d.between(1, 4);
    boolean ta = d.coin();
    boolean tb = d.coin();
    HostTensor a = ta ? d.reals(k, m) : d.reals(m, k);
    HostTensor b = tb ? d.reals(n, k) : d.reals(k, n);
    HostTensor bias = d.coin() ? d.reals(d.broadcastable(m, n)) : null;
    Sample sample = bias == null ? Sample.of("Gemm", a, b) : Sample.of("Gemm", a, b, bias);
    return sample
        .with("transA", ta)
        .with("transB", tb)
        .with("alpha", d.uniform(0.5, 2))
        .with("beta", d.uniform(0.5, 2));
  }
}
