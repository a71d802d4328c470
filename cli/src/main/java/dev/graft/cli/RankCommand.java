package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.graft.data.ClassLabels;
import dev.graft.datasets.Opened;
import dev.graft.model.PretrainedModel;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import dev.graft.strategies.ModelRanking;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graft rank}. */
@Command(
    name = "rank",
    description =
        "Says which of several pre-trained networks promises most for your data, without training"
            + " them.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RankCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description = "Labelled examples: a folder with one folder per class, or a file.")
  private Path data = Path.of("");

  @Option(
      names = "--models",
      required = true,
      arity = "1..*",
      paramLabel = "FILE",
      description = "The networks, .onnx files, each with its preprocessing beside it.")
  private List<Path> files = List.of();

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "600",
      description = "How many examples to look at, at most. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(names = "--json", paramLabel = "FILE", description = "Also writes the scores there.")
  private @Nullable Path json;

  @Mixin private FeatureOptions features = new FeatureOptions();
  @Mixin private DataSourceOptions sources = new DataSourceOptions();
  @Mixin private EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<PretrainedModel> networks = new ArrayList<>();
    for (Path file : files) {
      networks.add(
          ModelOptions.read(file, () -> sources.asRows().open(data, err).data().examples()));
    }
    Opened<ClassLabels> opened = sources.open(data, err);
    BackendChoice choice = engine.choice(err);
    try (Graft graft = Graft.open(features.module(choice, sources.loading(err)))) {
      ModelRanking ranking = graft.rank(networks, opened.data(), most);
      print(out, ranking);
      if (json != null) {
        write(ranking, json);
      }
    }
    return 0;
  }

  private static void print(PrintWriter out, ModelRanking ranking) {
    Set<String> scores = new LinkedHashSet<>();
    ranking.models().values().forEach(values -> scores.addAll(values.keySet()));
    out.printf(Locale.ROOT, "%-36s", "network");
    scores.forEach(s -> out.printf(Locale.ROOT, " %13s", s));
    out.printf(Locale.ROOT, " %8s%n", "seconds");
    for (String model : ranking.order(ModelRanking.DECIDING)) {
      out.printf(Locale.ROOT, "%-36s", model);
      for (String score : scores) {
        Double value = ranking.models().get(model).get(score);
        out.printf(
            Locale.ROOT, " %13s", value == null ? "-" : String.format(Locale.ROOT, "%.4f", value));
      }
      out.printf(Locale.ROOT, " %8.1f%n", ranking.seconds().get(model));
    }
    out.printf(
        Locale.ROOT,
        "recommended: %s, best in %.0f %% of resamplings of the %d examples%n",
        ranking.recommended(),
        100 * ranking.certainty(),
        ranking.examples());
    for (String score : scores) {
      List<String> order = ranking.order(score);
      double best = ranking.models().get(order.get(0)).get(score);
      Double own = ranking.models().get(ranking.recommended()).get(score);
      if (own == null || best > own + 1e-9) {
        out.printf("note: %s prefers %s%n", score, order.get(0));
      }
    }
  }

  private static void write(ModelRanking ranking, Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("recommended", ranking.recommended());
    all.put("certainty", ranking.certainty());
    all.put("examples", ranking.examples());
    all.put("scores", ranking.models());
    all.put("seconds", ranking.seconds());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }
}
