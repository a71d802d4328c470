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
   * Whether an update may overwrite what it reads: each of its outputs replaces the state input that
   * stands in the same place, and nobody else reads it.
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

  /** v = momentum v + (1 - dampening) g; p = p - rate v (Sutskever et al. 2013, as PyTorch has it). */
  private static void sgd(Emission e) {
    Attributes a = e.attributes();
    double momentum = a.f("momentum", 0);
    double decay = a.f("weight_decay", 0);
    String p = e.in(0);
    String g = decay == 0 ? e.in(1) : e.let(call("add", e.in(1), p, "alpha=" + number(decay)));
    String velocity =
        e.let(
            call(
                "add", call("mul", e.in(2), number(momentum)), g,
                "alpha=" + number(1 - a.f("dampening", 0))));
    String direction =
        a.i("nesterov", 0) == 1
            ? call("add", g, velocity, "alpha=" + number(momentum))
            : velocity;
    e.out(0, call("sub", p, call("mul", direction, e.in(5 - 2))));
    e.out(1, velocity);
  }

  private static void adamW(Emission e) {
    throw new IllegalStateException("not reached: " + e);
  }
}
