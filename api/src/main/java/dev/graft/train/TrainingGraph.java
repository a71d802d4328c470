package dev.graft.train;

import dev.graft.graph.Attributes;
import dev.graft.graph.Differentiator;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.graph.Specialization;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Parameters;
import dev.graft.graph.edit.Recognition;
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
 * @param anchors values of further state inputs, to be compiled in: where parameters are pulled to
 */
public record TrainingGraph(Graph graph, ParameterStore slots, ParameterStore anchors) {
  /**
   * The batch input {@code [batch]} of the examples' weights, which add up to one. Examples that
   * only fill up the last batch weigh nothing.
   */
  public static final String WEIGHTS = "example/weights";

  /** The output: a scalar. */
  public static final String LOSS = "training/loss";

  /** The output of {@link #evaluation}: a scalar, see {@link Objective#errors}. */
  public static final String ERROR = "training/error";

  /** The scalar input of the global gradient norm above which gradients are scaled down. */
  public static final String CLIP = "clip/norm";

  /** The scalar input of the weight that the newest parameters have in their running average. */
  public static final String AVERAGE_WEIGHT = "average/weight";

  /**
   * Target sets give few steps: running statistics that remember longer than this would still be
   * those of the start when training ends.
   */
  private static final double SLOWEST_STATISTICS = 0.9;

  /** The scalar input with the learning rate of a group. */
  public static String rate(String group) {
    return "rate/" + group;
  }

  /** AdamW's step counter of a group, a scalar slot. */
  static String step(String group) {
    return "optimizer/step/" + group;
  }

  /** The slot of a parameter's running average over the steps (Polyak and Juditsky 1992). */
  public static String average(String parameter) {
    return "average/of/" + parameter;
  }

  /** The slot in which a parameter's gradients are added up between two updates. */
  private static String accumulated(String parameter) {
    return "accumulated/" + parameter;
  }

  /** The state inputs that a step moves: trainable parameters, running statistics, slots. */
  public Set<String> state() {
    return graph.updates().keySet();
  }

  /**
   * Builds the step. Where gradients are accumulated, it adds those of the batches before and
   * forgets them.
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
    Backward backward = Backward.of(model, types, batch, objective, groups, batchNorm);
    GraphBuilder g = backward.rewriter().target();
    UpdateNodes updates = new UpdateNodes(g, settings, model.parameters());
    Map<String, Value> gradients = new LinkedHashMap<>(backward.gradients());
    if (settings.optimization().accumulation() > 1) {
      gradients.replaceAll(
          (name, gradient) -> {
            Value before = updates.slot(accumulated(name), gradient.type());
            g.update(accumulated(name), g.zeros(gradient.type()));
            return before.add(gradient);
          });
    }
    if (settings.optimization().clipNorm() > 0) {
      gradients = clipped(g, gradients);
    }
    for (ParameterGroup group : groups) {
      Value rate = g.input(rate(group.name()), TensorType.of(DType.FLOAT32), Role.SCALAR);
      Value count = updates.count(group);
      for (String name : group.parameters()) {
        Value value = backward.rewriter().get(name);
        Value gradient = gradients.get(name);
        updates.update(group, backward.parameters().get(name), value, gradient, count, rate);
      }
    }
    return new TrainingGraph(Rewriter.prune(g.build()), updates.slots(), updates.anchors());
  }

  /**
   * Builds what comes before the step where gradients are accumulated: a batch's gradients are
   * added to those of the batches before, and no parameter moves. The weights of all batches up to
   * the step add up to one, so that the step is that of one large batch.
   */
  public static TrainingGraph accumulating(
      GraphModel model,
      Map<String, TensorType> types,
      int batch,
      Objective objective,
      List<ParameterGroup> groups,
      BatchNormPolicy batchNorm) {
    Backward backward = Backward.of(model, types, batch, objective, groups, batchNorm);
    GraphBuilder g = backward.rewriter().target();
    Map<String, HostTensor> slots = new LinkedHashMap<>();
    backward
        .gradients()
        .forEach(
            (name, gradient) -> {
              slots.put(accumulated(name), HostTensor.full(gradient.type(), 0));
              Value before = g.parameter(accumulated(name), gradient.type());
              g.update(accumulated(name), before.add(gradient));
            });
    return new TrainingGraph(
        Rewriter.prune(g.build()), ParameterStore.of(slots), ParameterStore.EMPTY);
  }

  /** The forward pass, the loss and its gradients, to which updates are added. */
  private record Backward(Rewriter rewriter, Map<String, Value> gradients, Parameters parameters) {
    static Backward of(
        GraphModel model,
        Map<String, TensorType> types,
        int batch,
        Objective objective,
        List<ParameterGroup> groups,
        BatchNormPolicy batchNorm) {
      Set<String> trainable = new LinkedHashSet<>();
      groups.forEach(g -> trainable.addAll(g.parameters()));
      Parameters parameters = Parameters.of(model.graph());
      for (String name : trainable) {
        if (!parameters.get(name).isTrainable()) {
          throw new GraphException("'" + name + "' is a running statistic; no gradient moves it");
        }
      }
      Set<String> moving = batchNorm == BatchNormPolicy.BATCH_STATISTICS ? trainable : Set.of();
      Graph forward = loss(model.graph(), types, batch, objective, moving, false);
      requireUse(forward, trainable);
      forward = Differentiator.differentiable(forward, LOSS, trainable);
      Rewriter rewriter = new Rewriter(forward).copyInputs();
      forward.nodes().forEach(rewriter::copy);
      GraphBuilder g = rewriter.target();
      g.output(rewriter.get(LOSS));
      for (Map.Entry<String, String> statistic : forward.updates().entrySet()) {
        g.update(statistic.getKey(), rewriter.get(statistic.getValue()));
      }
      return new Backward(
          rewriter, Differentiator.differentiate(rewriter, forward, LOSS, trainable), parameters);
    }
  }

  /**
   * The forward graph and the loss without any update, for validation: the batch inputs of a
   * training step, the outputs of the model, and {@link #ERROR} and {@link #LOSS} as the last
   * outputs. It may share the state of a training program.
   *
   * @param averaged the parameters that are read from the slots of their running averages
   */
  public static Graph evaluation(
      GraphModel model,
      Map<String, TensorType> types,
      int batch,
      Objective objective,
      Set<String> averaged) {
    Graph forward = loss(model.graph(), types, batch, objective, Set.of(), true);
    if (averaged.isEmpty()) {
      return forward;
    }
    Rewriter rewriter = new Rewriter(forward);
    for (GraphInput input : forward.inputs(Role.STATE)) {
      if (averaged.contains(input.name())) {
        rewriter.bind(
            input.name(), rewriter.target().parameter(average(input.name()), input.type()));
      }
    }
    rewriter.copyInputs();
    forward.nodes().forEach(rewriter::copy);
    return rewriter.finish();
  }

  /** The static forward graph with the loss; statistics that move are its updates. */
  private static Graph loss(
      Graph model,
      Map<String, TensorType> types,
      int batch,
      Objective objective,
      Set<String> moving,
      boolean withErrors) {
    // Composite operators have shorter derivatives than their parts.
    Graph forward = Recognition.apply(Specialization.ofInputs(model, types));
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
    if (withErrors) {
      g.output(objective.errors(g, outputs, losses).mul(weights).sum(false), ERROR);
    }
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
}
