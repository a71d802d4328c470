package dev.graft.graph.ops;

import static dev.graft.graph.ops.ElementKind.FLOATING;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Optimizer updates as operators: one row per rule, so that a backend can run it in place. */
public final class Updates {
  private Updates() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("SgdUpdate", Operator.GRAFT, 4, 4, n -> updateType(n, 3, 3))
            .withOutputs(2)
            .withDecomposition(Updates::sgd)
            .withoutGradient(),
        Operator.of("AdamWUpdate", Operator.GRAFT, 6, 6, n -> updateType(n, 4, 4))
            .withOutputs(3)
            .withDecomposition(Updates::adamW)
            .withoutGradient());
  }

  /** The parameter, its gradient and its moments have one type; the rest are scalars. */
  private static List<TensorType> updateType(NodeContext n, int tensors, int firstScalar) {
    FLOATING.check(n, 0);
    for (int i = 1; i < tensors; i++) {
      if (!n.type(i).equals(n.type(0))) {
        throw n.error("needs " + n.type(0) + " for input " + i + ", but got " + n.type(i));
      }
    }
    for (int i = firstScalar; i < n.inputs().size(); i++) {
      FLOATING.check(n, i);
      Shapes.rank(n, i, 0);
    }
    List<TensorType> types = new ArrayList<>();
    types.add(n.type(0));
    for (int i = 2; i < tensors; i++) {
      types.add(n.type(i));
    }
    return types;
  }

  private static double attribute(NodeContext n, String name, double otherwise) {
    return n.attributes().f(name, otherwise);
  }

  private static Value scaled(Value v, double factor) {
    return factor == 1 ? v : v.mul(factor);
  }

  /**
   * Stochastic gradient descent with momentum, as PyTorch's SGD has it (Sutskever, Martens, Dahl,
   * Hinton 2013, with the rate outside the velocity). The velocity begins at zero.
   */
  private static List<@Nullable Value> sgd(NodeContext n) {
    Value parameter = n.in(0);
    Value rate = n.in(3).cast(parameter.dtype());
    double momentum = attribute(n, "momentum", 0);
    double decay = attribute(n, "weight_decay", 0);
    boolean nesterov = n.attributes().i("nesterov", 0) != 0;
    Value gradient = decay == 0 ? n.in(1) : n.in(1).add(parameter.mul(decay));
    Value fresh = scaled(gradient, 1 - attribute(n, "dampening", 0));
    Value velocity = momentum == 0 ? fresh : n.in(2).mul(momentum).add(fresh);
    Value direction = nesterov ? gradient.add(velocity.mul(momentum)) : velocity;
    return List.of(parameter.sub(direction.mul(rate)), velocity);
  }

  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2). */
  private static List<@Nullable Value> adamW(NodeContext n) {
    Value parameter = n.in(0);
    Value gradient = n.in(1);
    Value step = n.in(4).cast(parameter.dtype());
    Value rate = n.in(5).cast(parameter.dtype());
    double beta1 = attribute(n, "beta1", 0.9);
    double beta2 = attribute(n, "beta2", 0.999);
    Value one = parameter.constant(1);
    // Lines 7 and 8.
    Value m = n.in(2).mul(beta1).add(gradient.mul(1 - beta1));
    Value v = n.in(3).mul(beta2).add(gradient.square().mul(1 - beta2));
    // Lines 9, 10 and 12 with the corrections 1 - beta^step kept among the scalars:
    // (m / c1) / (sqrt(v / c2) + e) = m / (sqrt(v) + e sqrt(c2)) * sqrt(c2) / c1.
    Value correction1 = one.sub(one.constant(beta1).op("Pow", step));
    Value root2 = one.sub(one.constant(beta2).op("Pow", step)).sqrt();
    Value root = v.sqrt().add(root2.mul(attribute(n, "epsilon", 1e-8)));
    Value moved = m.div(root).mul(rate.mul(root2).div(correction1));
    double decay = attribute(n, "weight_decay", 0.01);
    Value kept = decay == 0 ? parameter : parameter.mul(one.sub(rate.mul(decay)));
    return List.of(kept.sub(moved), m, v);
  }
}
