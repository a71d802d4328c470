package dev.graft.cli;

import dev.graft.graph.Graph;
import dev.graft.graph.Role;
import dev.graft.graph.edit.CutPoint;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.NormalizationRestoration;
import dev.graft.graph.edit.Parameter;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormats;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graft inspect MODEL}. */
@Command(
    name = "inspect",
    description = "Shows what a model file holds, and where it can be cut.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  @picocli.CommandLine.Parameters(
      paramLabel = "MODEL",
      description = "A model file, such as M.onnx.")
  private Path file;

  @Option(
      names = "--parameters",
      description = "List every parameter: logical name, kind, layer and shape.")
  private boolean listParameters;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    GraphModel model = ModelFormats.discover().read(file);
    Graph graph = model.graph();

    out.println("Inputs");
    graph.inputs(Role.BATCH).forEach(i -> out.printf("  %-24s %s%n", i.name(), i.type()));
    out.println("Outputs");
    graph.outputs().forEach(o -> out.printf("  %-24s %s%n", o, graph.type(o)));

    Parameters parameters = Parameters.of(graph);
    long buffers = elements(parameters, p -> !p.isTrainable());
    out.printf(
        "Parameters%n  %,d in %d tensors, %,d trainable, %,d running statistics, %d layers%n",
        model.parameters().elements(),
        parameters.all().size(),
        elements(parameters, Parameter::isTrainable),
        buffers,
        parameters.layers());
    if (listParameters) {
      for (Parameter p : parameters.all()) {
        String own = p.path().equals(p.name()) ? "" : "  (" + p.name() + ")";
        String tied = p.isTied() ? "  shared by " + p.readers().size() : "";
        out.printf(
            "  %3d  %-10s %-18s %s%s%s%n",
            p.depth(), p.kind(), p.type().shape(), p.path(), own, tied);
      }
    }

    out.println("Operators");
    Map<String, Long> counts =
        graph.nodes().stream()
            .map(n -> n.operator().name())
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .forEach(e -> out.printf("  %5d  %s%n", e.getValue(), e.getKey()));

    out.println("Likely cut points (the first is the default)");
    for (CutPoint c : CutPoints.of(graph)) {
      out.printf("  %-24s %-28s %s%n", c.value(), brief(c.type()), c.reason());
    }

    List<String> folded = NormalizationRestoration.candidates(graph);
    out.println("Batch normalization");
    out.println("  " + normalization(graph, folded));
    out.println("Unsupported operators");
    out.println("  none: every operator could be imported");
    return 0;
  }

  /** A type with sizes that follow from others, which are long formulas, left open. */
  private static String brief(TensorType type) {
    return type.dtype()
        + type.shape().dims().stream()
            .map(d -> d.isFixed() || d.toString().matches("\\w+") ? d.toString() : "?")
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String normalization(Graph graph, List<String> folded) {
    long norms =
        graph.nodes().stream()
            .filter(n -> n.operator().name().equals("BatchNormalization"))
            .count();
    if (folded.isEmpty()) {
      return norms == 0 ? "none, and no convolution that lacks one" : norms + " nodes, none folded";
    }
    return folded.size()
        + " convolutions add a bias and are not normalised: folded away by the exporter, or never"
        + " there. Training from scratch puts a batch normalization behind each.";
  }

  private static long elements(
      Parameters parameters, java.util.function.Predicate<Parameter> test) {
    return parameters.all().stream().filter(test).mapToLong(p -> p.type().shape().elements()).sum();
  }
}
