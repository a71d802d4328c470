package dev.graft.backend.djl;

import static dev.graft.backend.djl.Emission.bool;
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
    if (e.isInPlace() && momentum != 0) {
      e.effect(
          call(
              "_fused_sgd_",
              listOf(p),
              listOf(e.in(1)),
              listOf(v),
              "weight_decay=" + number(decay),
              "momentum=" + number(momentum),
              "lr=" + e.in(3),
              "dampening=" + number(a.f("dampening", 0)),
              "nesterov=" + bool(nesterov),
              "maximize=False",
              "is_first_step=False"));
      e.outIsInput(0, 0);
      e.outIsInput(1, 2);
      return;
    }
    String g = decay == 0 ? e.in(1) : e.let(call("add", e.in(1), p, "alpha=" + number(decay)));
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
      e.effect(
          call(
              "_fused_adamw_",
              listOf(e.in(0)),
              listOf(e.in(1)),
              listOf(e.in(2)),
              listOf(e.in(3)),
              "[]",
              listOf(e.in(4)),
              "lr=" + rate,
              "beta1=" + number(beta1),
              "beta2=" + number(beta2),
              "weight_decay=" + decay,
              "eps=" + epsilon,
              "amsgrad=False",
              "maximize=False"));
      e.outIsInput(0, 0);
      e.outIsInput(1, 2);
      e.outIsInput(2, 3);
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

  private static String blend(String before, String now, double beta) {
    return call("add", call("mul", before, number(beta)), now, "alpha=" + number(1 - beta));
  }

  private static String correction(double beta, String step) {
    return call("rsub", call("pow", number(beta), step), 1);
  }

  private static String listOf(String tensor) {
    return "[" + tensor + "]";
  }
}
