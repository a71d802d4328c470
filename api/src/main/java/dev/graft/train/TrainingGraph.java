package dev.graft.train;

import dev.graft.graph.Attributes;
import dev.graft.graph.Differentiator;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.graph.Specialization;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One training step as a plain graph: forward, loss, gradients, clipping, optimizer.
 *
 * <p>It is fully static. Batch inputs are the model's, the objective's targets and {@link
 * #WEIGHTS}; scalar inputs are one learning rate per group, {@link #rate}, and {@link #CLIP} where
 * gradients are clipped; state inputs are the model's parameters and the optimizer's slots. The
 * state that moves is {@link #state}; every other parameter is to be compiled in as a constant.
 *
 * <p>Nodes are made only above the lowest trainable parameter. Exported graphs have lost their
 * dropout, and it is not put back: fine-tuning and training from scratch both go without.
 *
 * @param graph the step; its output {@link #LOSS} is the weighted mean loss before the update
 * @param slots the optimizer's slots at the start
 */
public record TrainingGraph(Graph graph, ParameterStore slots) {
  /**
   * The batch input {@code [batch]} of the examples' weights, which add up to one. Examples that
   * only fill up the last batch weigh nothing.
   */
  public static final String WEIGHTS = "example/weights";

  /** The output: a scalar. */
  public static final String LOSS = "training/loss";

  /** The scalar input of the global gradient norm above which gradients are scaled down. */
  public static final String CLIP = "clip/norm";

  /** AdamW's step counter, a scalar slot. */
  public static final String STEP = "optimizer/step";

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double ADAM_EPSILON = 1e-8;

  /**
   * Target sets give few steps: running statistics that remember longer than this would still be
   * those of the start when training ends.
   */
  private static final double SLOWEST_STATISTICS = 0.9;

  /** The scalar input with the learning rate of a group. */
  public static String rate(String group) {
    return "rate/" + group;
  }

  /** The state inputs that a step moves: trainable parameters, running statistics, slots. */
  public Set<String> state() {
    return graph.updates().keySet();
  }

  /**
   * Builds the step.
   *
   * @param model the forward graph; symbolic sizes are allowed
   * @param types the types of the model's batch inputs for one batch, every size fixed
   * @param batch the number of examples in it
   */
  public static TrainingGraph of(
      GraphModel model,
      Map<String, TensorType> types,
      int batch,
      Objective objective,
      List<ParameterGroup> groups,
      BatchNormPolicy batchNorm,
      TrainingSettings settings) {
    Set<String> trainable = new LinkedHashSet<>();
    groups.forEach(g -> trainable.addAll(g.parameters()));
    Parameters parameters = Parameters.of(model.graph());
    for (String name : trainable) {
      if (!parameters.get(name).isTrainable()) {
        throw new GraphException("'" + name + "' is a running statistic; no gradient moves it");
      }
    }
    Set<String> moving = batchNorm == BatchNormPolicy.BATCH_STATISTICS ? trainable : Set.of();
    Graph forward = loss(model.graph(), types, batch, objective, moving);
    requireUse(forward, trainable);
    forward = Differentiator.differentiable(forward, LOSS, trainable);
    Rewriter rewriter = new Rewriter(forward).copyInputs();
    forward.nodes().forEach(rewriter::copy);
    GraphBuilder g = rewriter.target();
    g.output(rewriter.get(LOSS));
    for (Map.Entry<String, String> statistic : forward.updates().entrySet()) {
      g.update(statistic.getKey(), rewriter.get(statistic.getValue()));
    }
    Map<String, Value> gradients = Differentiator.differentiate(rewriter, forward, LOSS, trainable);
    if (settings.optimization().clipNorm() > 0) {
      gradients = clipped(g, gradients);
    }
    Map<String, HostTensor> slots = new LinkedHashMap<>();
    Step step = new Step(g, settings, slots);
    for (ParameterGroup group : groups) {
      Value rate = g.input(rate(group.name()), TensorType.of(DType.FLOAT32), Role.SCALAR);
      for (String name : group.parameters()) {
        double decay =
            parameters.get(name).isDecayed() ? settings.regularization().weightDecay() : 0;
        step.update(rewriter.get(name), gradients.get(name), rate, decay);
      }
    }
    return new TrainingGraph(Rewriter.prune(g.build()), ParameterStore.of(slots));
  }

  /**
   * The forward graph and the loss without any update, for validation: the batch inputs of a
   * training step, the outputs of the model, and {@link #LOSS} as the last output. It may share the
   * state of a training program.
   */
  public static Graph evaluation(
      GraphModel model, Map<String, TensorType> types, int batch, Objective objective) {
    return loss(model.graph(), types, batch, objective, Set.of());
  }

  /** The static forward graph with the loss; statistics that move are its updates. */
  private static Graph loss(
      Graph model,
      Map<String, TensorType> types,
      int batch,
      Objective objective,
      Set<String> moving) {
    Graph forward = Specialization.ofInputs(model, types);
    Rewriter rewriter = new Rewriter(forward).copyInputs();
    GraphBuilder g = rewriter.target();
    for (Node node : forward.nodes()) {
      if (normalisesByBatch(node, moving)) {
        requireStatistics(forward, node);
        trainNormalization(rewriter, node);
      } else {
        rewriter.copy(node);
      }
    }
    List<Value> outputs = forward.outputs().stream().map(rewriter::get).toList();
    Value losses = objective.losses(g, outputs);
    if (!losses.shape().equals(Shape.of(batch))) {
      throw new GraphException(
          "the objective gives losses of shape "
              + losses.shape()
              + " for a batch of "
              + batch
              + "; the model must keep the batch as the first axis");
    }
    Value weights = g.input(WEIGHTS, losses.type());
    outputs.forEach(g::output);
    g.output(losses.mul(weights).sum(false), LOSS);
    return Rewriter.prune(g.build());
  }

  private static boolean normalisesByBatch(Node node, Set<String> moving) {
    return node.operator().name().equals("BatchNormalization")
        && (moving.contains(node.inputs().get(1)) || moving.contains(node.inputs().get(2)));
  }

  private static void trainNormalization(Rewriter rewriter, Node node) {
    GraphBuilder g = rewriter.target();
    Value[] in = node.inputs().stream().map(rewriter::get).toArray(Value[]::new);
    double momentum = Math.min(node.attributes().f("momentum", 0.9), SLOWEST_STATISTICS);
    List<Value> out =
        g.ops(
            "BatchNormalizationTraining",
            Attributes.of("epsilon", node.attributes().f("epsilon", 1e-5), "momentum", momentum),
            5,
            in);
    rewriter.bindOutputs(node, out.subList(0, 1));
    g.update(node.inputs().get(3), out.get(1));
    g.update(node.inputs().get(4), out.get(2));
  }

  private static void requireStatistics(Graph forward, Node node) {
    boolean state =
        node.inputs().subList(3, 5).stream()
            .allMatch(n -> forward.input(n).filter(i -> i.role() == Role.STATE).isPresent());
    if (!state) {
      throw new GraphException(
          node.describe()
              + " reads running statistics that are no parameters of the model, so they cannot"
              + " move. Use the policy FROZEN_STATISTICS.");
    }
  }

  private static void requireUse(Graph forward, Set<String> trainable) {
    Set<String> read = new LinkedHashSet<>();
    forward.nodes().forEach(n -> read.addAll(n.inputs()));
    List<String> unread = trainable.stream().filter(p -> !read.contains(p)).toList();
    if (!unread.isEmpty()) {
      throw new GraphException(
          "the objective does not depend on the trainable parameters " + unread + "; freeze them");
    }
  }

  /** Scales all gradients so that their common norm is at most {@link #CLIP} (Pascanu 2013). */
  private static Map<String, Value> clipped(GraphBuilder g, Map<String, Value> gradients) {
    Value limit = g.input(CLIP, TensorType.of(DType.FLOAT32), Role.SCALAR);
    Value squares = null;
    for (Value gradient : gradients.values()) {
      Value square = gradient.reduce("ReduceSumSquare", false).cast(DType.FLOAT32);
      squares = squares == null ? square : squares.add(square);
    }
    if (squares == null) {
      throw new IllegalStateException("no gradients");
    }
    Value scale = g.op("Min", limit.div(squares.sqrt().add(1e-6)), g.scalar(DType.FLOAT32, 1));
    Map<String, Value> result = new LinkedHashMap<>();
    gradients.forEach((name, v) -> result.put(name, v.mul(scale.cast(v.dtype()))));
    return result;
  }

  /** Adds optimizer nodes and declares their slots. */
  private static final class Step {
    private final GraphBuilder g;
    private final TrainingSettings settings;
    private final Map<String, HostTensor> slots;
    private final Value count;

    Step(GraphBuilder g, TrainingSettings settings, Map<String, HostTensor> slots) {
      this.g = g;
      this.settings = settings;
      this.slots = slots;
      if (settings.optimization().rule() == Optimizer.ADAMW) {
        count = slot(STEP, TensorType.of(DType.FLOAT32)).add(1);
        g.update(STEP, count);
      } else {
        count = g.scalar(DType.FLOAT32, 1);
      }
    }

    private Value slot(String name, TensorType type) {
      slots.put(name, HostTensor.full(type, 0));
      return g.parameter(name, type);
    }

    void update(Value parameter, Value gradient, Value rate, double decay) {
      String name = parameter.name();
      if (settings.optimization().rule() == Optimizer.SGD) {
        String velocity = "momentum/" + name;
        List<Value> next =
            g.ops(
                "SgdUpdate",
                Attributes.of("momentum", settings.optimization().momentum(), "weight_decay", decay)
                    .with("dampening", 0.0)
                    .with("nesterov", settings.optimization().nesterov()),
                2,
                parameter,
                gradient,
                slot(velocity, parameter.type()),
                rate);
        g.update(name, next.get(0));
        g.update(velocity, next.get(1));
        return;
      }
      String m = "moment1/" + name;
      String v = "moment2/" + name;
      List<Value> next =
          g.ops(
              "AdamWUpdate",
              Attributes.of("beta1", BETA1, "beta2", BETA2)
                  .with("epsilon", ADAM_EPSILON)
                  .with("weight_decay", decay),
              3,
              parameter,
              gradient,
              slot(m, parameter.type()),
              slot(v, parameter.type()),
              count,
              rate);
      g.update(name, next.get(0));
      g.update(m, next.get(1));
      g.update(v, next.get(2));
    }
  }
}
