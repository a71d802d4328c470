package dev.graft.backend.tensorflow;

import dev.graft.graph.Attributes;
import org.tensorflow.Output;

/** Optimizer updates. */
final class UpdateOperators {
  private UpdateOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.add("SgdUpdate", UpdateOperators::sgd);
  }

  /** Sutskever, Martens, Dahl, Hinton 2013, as PyTorch's SGD has it. */
  private static void sgd(Emission e) {
    Attributes a = e.attributes();
    double momentum = a.f("momentum", 0);
    double decay = a.f("weight_decay", 0);
    double fresh = 1 - a.f("dampening", 0);
    Output<?> p = e.in(0);
    Output<?> g = e.in(1);
    if (decay != 0) {
      g = e.call("AddV2", g, scaled(e, p, decay));
    }
    Output<?> velocity = scaled(e, g, fresh);
    if (momentum != 0) {
      velocity = e.call("AddV2", velocity, scaled(e, e.in(2), momentum));
    }
    boolean nesterov = a.i("nesterov", 0) == 1;
    Output<?> direction = nesterov ? e.call("AddV2", g, scaled(e, velocity, momentum)) : velocity;
    e.out(0, e.call("Sub", p, e.call("Mul", direction, e.cast(e.in(3), e.dtype()))));
    e.out(1, velocity);
  }

  private static Output<?> scaled(Emission e, Output<?> value, double factor) {
    return factor == 1 ? value : e.call("Mul", value, e.number(value, factor));
  }
}
