package dev.graft.testkit.reference;

import java.util.List;
import java.util.Map;

/** The optimizers' updates. */
final class UpdateKernels {
  private UpdateKernels() {}

  static void register(Map<String, Kernel> table) {
    table.put("SgdUpdate", UpdateKernels::sgd);
    table.put("AdamWUpdate", UpdateKernels::adamW);
  }

  /** Gradient descent with momentum, as PyTorch's SGD (Sutskever et al. 2013 for Nesterov's). */
  private static List<Array> sgd(Call c) {
    double[] p = c.in(0).reals().clone();
    double[] v = c.in(2).reals().clone();
    double rate = c.in(3).real(0);
    double momentum = c.f("momentum", 0);
    double dampening = c.f("dampening", 0);
    double decay = c.f("weight_decay", 0);
    for (int i = 0; i < p.length; i++) {
      double g = c.in(1).real(i) + decay * p[i];
      v[i] = momentum * v[i] + (1 - dampening) * g;
      p[i] -= rate * (c.flag("nesterov") ? g + momentum * v[i] : v[i]);
    }
    return List.of(
        Array.of(c.in(0).dtype, c.in(0).shape, p), Array.of(c.in(2).dtype, c.in(2).shape, v));
  }

  /** Loshchilov and Hutter 2019, algorithm 2. */
  private static List<Array> adamW(Call c) {
    double[] p = c.in(0).reals().clone();
    double[] m = c.in(2).reals().clone();
    double[] v = c.in(3).reals().clone();
    double step = c.in(4).real(0);
    double rate = c.in(5).real(0);
    double beta1 = c.f("beta1", 0.9);
    double beta2 = c.f("beta2", 0.999);
    double epsilon = c.f("epsilon", 1e-8);
    double decay = c.f("weight_decay", 0.01);
    for (int i = 0; i < p.length; i++) {
      double g = c.in(1).real(i);
      m[i] = beta1 * m[i] + (1 - beta1) * g; // line 7
      v[i] = beta2 * v[i] + (1 - beta2) * g * g; // line 8
      double mHat = m[i] / (1 - Math.pow(beta1, step)); // line 9
      double vHat = v[i] / (1 - Math.pow(beta2, step)); // line 10
      p[i] -= rate * (mHat / (Math.sqrt(vHat) + epsilon) + decay * p[i]); // line 12
    }
    return List.of(
        Array.of(c.in(0).dtype, c.in(0).shape, p),
        Array.of(c.in(2).dtype, c.in(2).shape, m),
        Array.of(c.in(3).dtype, c.in(3).shape, v));
  }
}
