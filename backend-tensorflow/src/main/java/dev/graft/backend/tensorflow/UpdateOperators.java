package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeSignature;
import dev.graft.graph.Attributes;
import dev.graft.tensor.DType;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;

/** Optimizer updates. */
final class UpdateOperators {
  private UpdateOperators() {}

  static void register(TensorFlowOperators rows) {
    rows.add("SgdUpdate", UpdateOperators::sgd);
    rows.add("AdamWUpdate", UpdateOperators::floating, UpdateOperators::adamW);
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

  private static @Nullable String floating(NodeSignature node, boolean bound) {
    DType dtype = node.input(0).dtype();
    return dtype == DType.FLOAT32 || dtype == DType.FLOAT64
        ? TensorFlowOperators.dynamic(node, bound)
        : "parameters of " + dtype;
  }

  /**
   * Loshchilov and Hutter 2019, algorithm 2, by the fused kernel of Adam, which works in place: on
   * variables that live for one run.
   */
  private static void adamW(Emission e) {
    Attributes a = e.attributes();
    Output<?> p = e.in(0);
    Output<?> rate = e.cast(e.in(5), e.dtype());
    Output<?> step = e.cast(e.in(4), e.dtype());
    Output<?> beta1 = e.number(p, a.f("beta1", 0.9));
    Output<?> beta2 = e.number(p, a.f("beta2", 0.999));
    Output<?> power1 = e.call("Pow", beta1, step);
    Output<?> power2 = e.call("Pow", beta2, step);
    // The kernel adds epsilon before it corrects the second moment's bias, the paper after it.
    Output<?> correction = e.call("Sqrt", e.call("Sub", e.number(p, 1), power2));
    Output<?> epsilon = e.call("Mul", e.number(p, a.f("epsilon", 1e-8)), correction);
    double decay = a.f("weight_decay", 0);
    Output<?> kept = e.call("Sub", e.number(p, 1), scaled(e, rate, decay));
    Variable parameter = Variable.of(e, decay == 0 ? p : e.call("Mul", p, kept));
    Variable m = Variable.of(e, e.in(2));
    Variable v = Variable.of(e, e.in(3));
    GraphOperation applied =
        e.operation(
                "ApplyAdam",
                parameter.assigned(),
                m.assigned(),
                v.assigned(),
                power1,
                power2,
                rate,
                beta1,
                beta2,
                epsilon,
                e.in(1))
            .build();
    e.out(0, parameter.after(e, applied));
    e.out(1, m.after(e, applied));
    e.out(2, v.after(e, applied));
  }

  /**
   * A variable of one run; several runs at once have one each.
   *
   * @param assigned a reference to it, once it has its first value
   */
  private record Variable(String name, Output<?> assigned) {
    static Variable of(Emission e, Output<?> value) {
      GraphOperation variable =
          e.operation("TemporaryVariable")
              .setAttr("shape", org.tensorflow.ndarray.Shape.of(e.sizes(0)))
              .setAttr("dtype", TensorFlowTypes.of(e.dtype()))
              .build();
      Output<?> assigned = e.operation("Assign", variable.output(0), value).build().output(0);
      return new Variable(variable.name(), assigned);
    }

    /** Its value after an operation on it, which ends it. */
    Output<?> after(Emission e, GraphOperation last) {
      return e.operation("DestroyTemporaryVariable", assigned)
          .setAttr("var_name", name)
          .addControlInput(last)
          .build()
          .output(0);
    }
  }

  private static Output<?> scaled(Emission e, Output<?> value, double factor) {
    return factor == 1 ? value : e.call("Mul", value, e.number(value, factor));
  }
}
