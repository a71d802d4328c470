package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.call;
import static dev.graft.backend.djl.Emission.number;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import java.util.List;

/** Optimizer updates, in place where the graph replaces exactly the state that they read. */
final class UpdateOperators {
  private UpdateOperators() {}

  static void register(TorchOperators rows) {
    rows.add("SgdUpdate", UpdateOperators::sgd);
    rows.add("AdamWUpdate", UpdateOperators::adamW);
  }

  /**
   * Whether an update may overwrite what it reads: each of its outputs replaces the state input
   * that stands in the same place, and nobody else reads it.
   */
  static boolean isInPlace(Graph graph, Node node) {
    List<Integer> slots =
        switch (node.operator().name()) {
          case "SgdUpdate" -> List.of(0, 2);
          case "AdamWUpdate" -> List.of(0, 2, 3);
          default -> List.of();
        };
    for (int i = 0; i < slots.size(); i++) {
      String state = node.inputs().get(slots.get(i));
      String replacement = node.outputs().get(i);
      if (!replacement.equals(graph.updates().get(state))
          || graph.outputs().contains(replacement)
          || !graph.consumers(replacement).isEmpty()) {
        return false;
      }
    }
    return !slots.isEmpty();
  }

  /** Sutskever, Martens, Dahl, Hinton 2013, as PyTorch's SGD has it. */
  private static void sgd(Emission e) {
    Attributes a = e.attributes();
    double momentum = a.f("momentum", 0);
    double decay = a.f("weight_decay", 0);
    boolean nesterov = a.i("nesterov", 0) == 1;
    String p = e.in(0);
    String v = e.in(2);
    String g = decay == 0 ? e.in(1) : e.let(call("add", e.in(1), p, "alpha=" + number(decay)));
    if (e.isInPlace() && momentum != 0) {
      e.effect(call("mul_", v, number(momentum)));
      e.effect(call("add_", v, g, "alpha=" + number(1 - a.f("dampening", 0))));
      String step = nesterov ? e.let(call("add", g, v, "alpha=" + number(momentum))) : v;
      e.effect(call("add_", p, step, "alpha=" + e.shared(call("item", call("neg", e.in(3))))));
      e.outIsInput(0, 0);
      e.outIsInput(1, 2);
      return;
    }
    String fresh = e.let(call("mul", g, number(1 - a.f("dampening", 0))));
    String velocity =
        momentum == 0 ? fresh : e.let(call("add", fresh, v, "alpha=" + number(momentum)));
    String direction = nesterov ? call("add", g, velocity, "alpha=" + number(momentum)) : velocity;
    e.out(0, call("sub", p, call("mul", direction, e.in(3))));
    e.out(1, velocity);
  }

  /** Loshchilov and Hutter 2019, algorithm 2. */
  private static void adamW(Emission e) {
    Attributes a = e.attributes();
    double beta1 = a.f("beta1", 0.9);
    double beta2 = a.f("beta2", 0.999);
    String decay = number(a.f("weight_decay", 0));
    String epsilon = number(a.f("epsilon", 1e-8));
    String rate = e.in(5);
    if (e.isInPlace()) {
      adamWInPlace(e, beta1, beta2);
      return;
    }
    String m = e.let(blend(e.in(2), e.in(1), beta1));
    String v = e.let(blend(e.in(3), call("mul", e.in(1), e.in(1)), beta2));
    String denominator =
        call("add", call("sqrt", call("div", v, correction(beta2, e.in(4)))), epsilon);
    String direction = call("div", call("div", m, correction(beta1, e.in(4))), denominator);
    String step = call("add", direction, e.in(0), "alpha=" + decay);
    e.out(0, call("sub", e.in(0), call("mul", step, rate)));
    e.out(1, m);
    e.out(2, v);
  }

  /**
   * The same with as few passes over memory as possible. PyTorch has this as one operator on lists
   * of tensors, but TorchScript does not see that it writes, and drops it.
   */
  private static void adamWInPlace(Emission e, double beta1, double beta2) {
    Attributes a = e.attributes();
    String p = e.in(0);
    String g = e.in(1);
    String m = e.in(2);
    String v = e.in(3);
    String root2 = e.shared(call("sqrt", correction(beta2, e.in(4))));
    String rate = call("div", call("mul", e.in(5), root2), correction(beta1, e.in(4)));
    String step = e.shared(call("item", call("neg", rate)));
    String epsilon = e.shared(call("item", call("mul", root2, number(a.f("epsilon", 1e-8)))));
    e.effect(call("lerp_", m, g, number(1 - beta1)));
    e.effect(call("mul_", v, number(beta2)));
    e.effect(call("addcmul_", v, g, g, "value=" + number(1 - beta2)));
    double decay = a.f("weight_decay", 0);
    if (decay != 0) {
      String kept = call("rsub", call("mul", e.in(5), number(decay)), 1);
      e.effect(call("mul_", p, e.shared(call("item", kept))));
    }
    String denominator = e.let(call("sqrt", v));
    e.effect(call("add_", denominator, epsilon));
    e.effect(call("addcdiv_", p, m, denominator, "value=" + step));
    e.outIsInput(0, 0);
    e.outIsInput(1, 2);
    e.outIsInput(2, 3);
  }

  private static String blend(String before, String now, double beta) {
    return call("add", call("mul", before, number(beta)), now, "alpha=" + number(1 - beta));
  }

  private static String correction(double beta, String step) {
    return call("rsub", call("pow", number(beta), step), 1);
  }
}
