package dev.graft.testkit;

import dev.graft.backend.CompileOptions;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Differentiator;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.graph.Specialization;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxReader;
import dev.graft.onnx.OnnxTensors;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whole models with the gradients that PyTorch computed: the loss is the sum of the output times a
 * fixed tensor {@code c}. A model passes if its output agrees, the loss is within 1e-4 of {@code
 * sum |output * c|}, and every gradient g is within {@code 1e-3 |g| + 1e-6 |all gradients|}.
 */
final class WholeModelCases {
  static final String GROUP = "model-gradient";

  private static final String LOSS = "testkit/loss";
  private static final double LOSS_TOLERANCE = 1e-4;
  private static final double RELATIVE = 1e-3;
  private static final double OF_ALL = 1e-6;

  /** Sums are of up to millions of float32 terms that cancel. */
  private static final double SUM_TOLERANCE = 1e-3;

  private WholeModelCases() {}

  /** One case for each folder below. */
  static List<ConformanceCase> in(Path directory) {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Path folder : NodeCases.folders(directory)) {
      cases.add(
          ConformanceCase.of(
              GROUP, folder.getFileName().toString(), subject -> run(subject, folder)));
    }
    return cases;
  }

  private static void run(Subject subject, Path folder) throws IOException {
    GraphModel model = OnnxReader.read(folder.resolve("model.onnx"));
    RecordedGradients recorded = RecordedGradients.read(folder.resolve("gradients.json"));
    Map<String, HostTensor> feeds = new LinkedHashMap<>();
    for (GraphInput input : model.graph().inputs(Role.BATCH)) {
      feeds.put(input.name(), OnnxTensors.read(folder.resolve("input_" + input.name() + ".pb")));
    }
    HostTensor expected = OnnxTensors.read(folder.resolve("output_output.pb"));
    HostTensor cotangent = OnnxTensors.read(folder.resolve("cotangent_output.pb"));
    Set<String> wanted = new LinkedHashSet<>(recorded.names());
    List<String> missing =
        wanted.stream().filter(name -> !model.parameters().has(name)).toList();
    if (!missing.isEmpty()) {
      throw new AssertionError("the model that was read has no parameters " + missing);
    }
    Graph graph = gradients(model.graph(), feeds, cotangent, wanted);
    Map<String, HostTensor> results = compute(subject, graph, model.parameters(), wanted, feeds);
    String output = model.graph().outputs().get(0);
    HostTensor got = value(results, output);
    checkLoss(expected, cotangent, value(results, LOSS).getDouble(0), recorded.loss());
    new Tolerance(1e-3, 1e-4 * largest(expected)).check("output", expected, got);
    for (String name : wanted) {
      check(folder, name, value(results, gradientName(name)), recorded);
    }
  }

  private static String gradientName(String parameter) {
    return "gradient/" + parameter;
  }

  /** The forward graph for these feeds with the loss and all wanted gradients as outputs. */
  private static Graph gradients(
      Graph model, Map<String, HostTensor> feeds, HostTensor cotangent, Set<String> wanted) {
    Map<String, TensorType> types = new LinkedHashMap<>();
    feeds.forEach((name, t) -> types.put(name, t.type()));
    Graph fixed = Specialization.ofInputs(model, types);
    Rewriter rewriter = new Rewriter(fixed).copyInputs();
    fixed.nodes().forEach(rewriter::copy);
    GraphBuilder g = rewriter.target();
    Value output = rewriter.get(fixed.outputs().get(0));
    g.output(output);
    g.output(output.mul(g.constant("testkit/cotangent", cotangent)).sum(false), LOSS);
    Graph forward = Differentiator.differentiable(g.build(), LOSS, wanted);
    Rewriter backward = new Rewriter(forward).copyInputs();
    forward.nodes().forEach(backward::copy);
    GraphBuilder b = backward.target();
    forward.outputs().forEach(o -> b.output(backward.get(o)));
    Differentiator.differentiate(backward, forward, LOSS, wanted)
        .forEach((name, value) -> b.output(value, gradientName(name)));
    return Rewriter.prune(b.build());
  }

  private static Map<String, HostTensor> compute(
      Subject subject,
      Graph graph,
      ParameterStore parameters,
      Set<String> wanted,
      Map<String, HostTensor> feeds) {
    CompileOptions options = CompileOptions.withState(wanted);
    try (Program program = subject.backend().compile(graph, parameters, options);
        State state = subject.backend().newState(parameters.filter(wanted::contains));
        Fetches fetches = program.run(state, feeds)) {
      return fetches.toHost();
    }
  }

  private static HostTensor value(Map<String, HostTensor> results, String name) {
    HostTensor value = results.get(name);
    if (value == null) {
      throw new AssertionError("'" + name + "' was not computed");
    }
    return value;
  }

  private static double largest(HostTensor t) {
    double max = 0;
    for (int i = 0; i < t.size(); i++) {
      max = Math.max(max, Math.abs(t.getDouble(i)));
    }
    return max;
  }

  private static void checkLoss(
      HostTensor output, HostTensor cotangent, double got, double recorded) {
    double scale = 0;
    for (int i = 0; i < output.size(); i++) {
      scale += Math.abs(output.getDouble(i) * cotangent.getDouble(i));
    }
    if (!(Math.abs(got - recorded) <= LOSS_TOLERANCE * scale)) {
      throw new AssertionError("the loss is " + got + ", but should be " + recorded);
    }
  }

  private static void check(
      Path folder, String name, HostTensor got, RecordedGradients recorded) throws IOException {
    RecordedGradients.Entry entry = recorded.get(name);
    double slack = OF_ALL * recorded.norm();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < got.size(); i++) {
      sum += got.getDouble(i);
      squares += got.getDouble(i) * got.getDouble(i);
    }
    double norm = Math.sqrt(squares);
    if (!(Math.abs(norm - entry.norm()) <= RELATIVE * entry.norm() + slack)) {
      throw new AssertionError(
          "the gradient of '" + name + "' has norm " + norm + ", but should have " + entry.norm());
    }
    // A sum of n elements may be wrong by sqrt(n) times as much as their norm.
    double sumSlack = Math.sqrt(got.size()) * (SUM_TOLERANCE * entry.norm() + slack);
    if (!(Math.abs(sum - entry.sum()) <= sumSlack)) {
      throw new AssertionError(
          "the gradient of '" + name + "' adds up to " + sum + ", but should to " + entry.sum());
    }
    Path file = folder.resolve("grad_" + name + ".pb");
    if (!Files.exists(file)) {
      return;
    }
    HostTensor expected = OnnxTensors.read(file);
    if (!expected.shape().equals(got.shape())) {
      throw new AssertionError(
          "the gradient of '" + name + "' is " + got.type() + ", not " + expected.type());
    }
    double difference = 0;
    for (int i = 0; i < got.size(); i++) {
      difference += Math.pow(got.getDouble(i) - expected.getDouble(i), 2);
    }
    if (!(Math.sqrt(difference) <= RELATIVE * entry.norm() + slack)) {
      throw new AssertionError(
          "the gradient of '"
              + name
              + "' is off by "
              + Math.sqrt(difference)
              + ", with a norm of "
              + entry.norm());
    }
  }
}
