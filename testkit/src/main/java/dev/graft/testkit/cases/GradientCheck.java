package dev.graft.testkit.cases;

import dev.graft.graph.Differentiator;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.testkit.reference.ReferenceInterpreter;
import dev.graft.testkit.reference.ReferenceInterpreter.Arithmetic;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A node's derivative against central differences. The objective is the sum of the node's outputs,
 * each element times a random number.
 */
public final class GradientCheck {
  private static final String OBJECTIVE = "objective";

  private final Sample sample;
  private final Graph forward;
  private final Set<String> wanted = new LinkedHashSet<>();

  private GradientCheck(Sample sample, Seed seed) {
    this.sample = sample;
    for (int i : sample.smooth()) {
      Sample.Operand operand = sample.inputs().get(i);
      if (operand != null && !operand.isConstant()) {
        wanted.add(Sample.inputName(i));
      }
    }
    GraphBuilder g = new GraphBuilder();
    sample.addTo(g);
    Draw draw = new Draw(seed);
    Value objective = null;
    for (int i : sample.objectives()) {
      Value y = g.value(Sample.outputName(i));
      if (y.dtype().isFloating()) {
        HostTensor factors = draw.reals(y.shape().sizes()).cast(y.dtype());
        Value sum = y.mul(g.constant("factors" + i, factors)).sum(false);
        objective = objective == null ? sum : objective.add(sum);
      }
    }
    if (objective != null) {
      g.output(objective, OBJECTIVE);
    }
    forward = g.build();
  }

  public static GradientCheck of(Sample sample, Seed seed) {
    return new GradientCheck(sample, seed);
  }

  /** Whether there is anything to check: a floating output and an input it depends on smoothly. */
  public boolean isEmpty() {
    return wanted.isEmpty() || forward.outputs().isEmpty();
  }

  /** The inputs that are differentiated by. */
  public Set<String> wanted() {
    return wanted;
  }

  /** The objective alone. */
  public Graph forward() {
    return forward;
  }

  /** The graph whose outputs are the gradients, named after the inputs with a prefix. */
  public Graph gradients() {
    Graph graph = Differentiator.differentiable(forward, OBJECTIVE, wanted);
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    graph.nodes().forEach(rewriter::copy);
    Map<String, Value> gradients = Differentiator.differentiate(rewriter, graph, OBJECTIVE, wanted);
    GraphBuilder g = rewriter.target();
    gradients.forEach((name, value) -> g.output(value, gradientName(name)));
    return Rewriter.prune(g.build());
  }

  public static String gradientName(String input) {
    return "gradient/" + input;
  }

  /** The derivative for each wanted input by central differences, computed in double. */
  public Map<String, HostTensor> differences() {
    ReferenceInterpreter interpreter = ReferenceInterpreter.of(forward, Arithmetic.FLOAT64);
    Map<String, HostTensor> feeds = new LinkedHashMap<>();
    sample
        .feeds()
        .forEach((name, t) -> feeds.put(name, t.dtype().isFloating() ? t.cast(DType.FLOAT64) : t));
    Map<String, HostTensor> result = new LinkedHashMap<>();
    for (String name : wanted) {
      HostTensor at = feeds.get(name);
      double[] derivative = new double[at.size()];
      for (int i = 0; i < derivative.length; i++) {
        double step = 1e-5;
        double above = objective(interpreter, feeds, name, i, step);
        double below = objective(interpreter, feeds, name, i, -step);
        derivative[i] = (above - below) / (2 * step);
      }
      result.put(name, HostTensor.of(derivative, at.shape().sizes()));
    }
    return result;
  }

  private static double objective(
      ReferenceInterpreter interpreter,
      Map<String, HostTensor> feeds,
      String name,
      int element,
      double step) {
    double[] moved = feeds.get(name).toDoubles();
    moved[element] += step;
    Map<String, HostTensor> all = new LinkedHashMap<>(feeds);
    all.put(name, HostTensor.of(moved, feeds.get(name).shape().sizes()));
    return interpreter.run(all).get(OBJECTIVE).getDouble(0);
  }

  /** The samples whose operator lets gradients through. */
  public static List<Catalogue.Entry> smooth(List<Catalogue.Entry> entries) {
    return entries.stream()
        .filter(e -> dev.graft.graph.Operators.get(e.sample().operator()).differentiable())
        .toList();
  }
}
