package dev.graft.train;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Parameter;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds the nodes that move parameters, and declares the slots they need. */
final class UpdateNodes {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double ADAM_EPSILON = 1e-8;

  /** Parameters smaller than this move as if they had this size (epsilon 2 of Adafactor). */
  private static final double SMALLEST_SIZE = 1e-3;

  private final GraphBuilder g;
  private final TrainingSettings settings;
  private final ParameterStore start;
  private final Map<String, HostTensor> slots = new LinkedHashMap<>();
  private final Map<String, HostTensor> anchors = new LinkedHashMap<>();
  private final @Nullable Value averageWeight;

  /**
   * @param start the parameters' values before training
   */
  UpdateNodes(GraphBuilder g, TrainingSettings settings, ParameterStore start) {
    this.g = g;
    this.settings = settings;
    this.start = start;
    this.averageWeight =
        settings.optimization().averaging() > 0
            ? g.input(TrainingGraph.AVERAGE_WEIGHT, TensorType.of(DType.FLOAT32), Role.SCALAR)
            : null;
  }

  /** The slots that were declared, with their values at the start. */
  ParameterStore slots() {
    return ParameterStore.of(slots);
  }

  /** The values of state inputs that never move: where decay pulls parameters to. */
  ParameterStore anchors() {
    return ParameterStore.of(anchors);
  }

  /** A slot that begins with zeros. */
  Value slot(String name, TensorType type) {
    return slot(name, HostTensor.full(type, 0));
  }

  private Value slot(String name, HostTensor first) {
    slots.put(name, first);
    return g.parameter(name, first.type());
  }

  /** The step counter of a group, one at its first step. */
  Value count(ParameterGroup group) {
    if (settings.optimization().rule() != Optimizer.ADAMW) {
      return g.scalar(DType.FLOAT32, 1);
    }
    String name = TrainingGraph.step(group.name());
    Value count = slot(name, TensorType.of(DType.FLOAT32)).add(1);
    g.update(name, count);
    return count;
  }

  /** Moves one parameter. */
  void update(
      ParameterGroup group,
      Parameter parameter,
      Value value,
      Value gradient,
      Value count,
      Value rate) {
    String name = parameter.name();
    double pull = group.pretrained() ? settings.regularization().startDecay() : 0;
    // Decay towards the start takes the place of decay towards zero.
    double decay = pull > 0 || !parameter.isDecayed() ? 0 : settings.regularization().weightDecay();
    boolean adam = settings.optimization().rule() == Optimizer.ADAMW;
    Value own = adam && group.relative() ? rate.mul(size(start.get(name))) : rate;
    Value next =
        adam
            ? adamW(value, gradient, count, own, decay, pull)
            : sgd(value, pull > 0 ? gradient.add(pulled(value, pull)) : gradient, own, decay);
    g.update(name, next);
    if (averageWeight != null) {
      String average = TrainingGraph.average(name);
      Value old = slot(average, start.get(name));
      g.update(average, old.add(next.sub(old).mul(averageWeight.cast(next.dtype()))));
    }
  }

  private Value sgd(Value value, Value gradient, Value rate, double decay) {
    String velocity = "momentum/" + value.name();
    List<Value> next =
        g.ops(
            "SgdUpdate",
            Attributes.of("momentum", settings.optimization().momentum(), "weight_decay", decay)
                .with("dampening", 0.0)
                .with("nesterov", settings.optimization().nesterov()),
            2,
            value,
            gradient,
            slot(velocity, value.type()),
            rate);
    g.update(velocity, next.get(1));
    return next.get(0);
  }

  private Value adamW(
      Value value, Value gradient, Value count, Value rate, double decay, double pull) {
    String m = "moment1/" + value.name();
    String v = "moment2/" + value.name();
    List<Value> next =
        g.ops(
            "AdamWUpdate",
            Attributes.of("beta1", BETA1, "beta2", BETA2)
                .with("epsilon", ADAM_EPSILON)
                .with("weight_decay", decay),
            3,
            value,
            gradient,
            slot(m, value.type()),
            slot(v, value.type()),
            count,
            rate);
    g.update(m, next.get(1));
    g.update(v, next.get(2));
    // Decoupled from the gradient's moments, as AdamW's own decay is.
    return pull > 0
        ? next.get(0).sub(pulled(value, pull).mul(rate.cast(value.dtype())))
        : next.get(0);
  }

  /** The gradient of {@code pull / 2 * |w - w0|^2} (Li, Grandvalet, Davoine 2018, eq. 2). */
  private Value pulled(Value value, double pull) {
    String anchor = "start/" + value.name();
    anchors.put(anchor, start.get(value.name()));
    return value.sub(g.parameter(anchor, value.type())).mul(pull);
  }

  /** The root mean square of a parameter (Shazeer and Stern 2018, algorithm 4, line 4). */
  private static double size(HostTensor t) {
    double squares = 0;
    for (double v : t.toDoubles()) {
      squares += v * v;
    }
    return Math.max(SMALLEST_SIZE, Math.sqrt(squares / Math.max(1, t.size())));
  }
}
