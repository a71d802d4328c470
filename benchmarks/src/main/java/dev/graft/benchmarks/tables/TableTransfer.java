package dev.graft.benchmarks.tables;

import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.PairedTest;
import dev.graft.data.Labeled;
import dev.graft.data.PixelScaling;
import dev.graft.data.RegressionTargets;
import dev.graft.data.Splits;
import dev.graft.data.TensorPreprocessing;
import dev.graft.data.TensorSample;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.MatlabFile;
import dev.graft.datasets.NumericCsv;
import dev.graft.datasets.Table;
import dev.graft.graph.Graph;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.strategies.Graft;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.TransferredModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A network is trained on the rows of one group of a table and transferred to another group of
 * which few rows are known; the same network from scratch on those rows is the baseline. Wine: from
 * the quality of white wines to that of red ones (Cortez et al. 2009). School: from the exam scores
 * of a hundred schools to those of the others, one by one (Bakker and Heskes 2003).
 */
public final class TableTransfer {
  private static final List<String> STRATEGIES =
      List.of("from-scratch", "feature-extraction", "fine-tuning");
  private static final int SOURCE_SCHOOLS = 100;
  private static final int TARGET_SCHOOLS = 20;
  private static final double SCHOOL_PART = 0.3;
  private static final TrainingSettings PRETRAINING =
      TrainingSettings.DEFAULT.withEpochs(30).withBatchSize(64).schedule(s -> s.withRate(2e-3));
  private static final TrainingSettings TUNING =
      TrainingSettings.DEFAULT.withEpochs(60).withBatchSize(16).schedule(s -> s.withRate(2e-3));

  private final Graft graft;
  private final PrintWriter out;

  private TableTransfer(Graft graft, PrintWriter out) {
    this.graft = graft;
    this.out = out;
  }

  /**
   * Runs both stories and prints their tables as Markdown: the root mean squared error, mean over
   * the draws of rows with its confidence interval, and the p-value against from-scratch.
   *
   * @param root holds the folders {@code tabular_uci} and {@code school}
   * @param seeds one draw of rows each
   */
  public static void run(Path root, long[] seeds, Graft graft, PrintWriter out) {
    TableTransfer story = new TableTransfer(graft, out);
    story.wine(root.resolve("tabular_uci"), seeds);
    story.school(root.resolve("school/school.mat"), seeds);
  }

  private void wine(Path folder, long[] seeds) {
    Labeled<RegressionTargets> white = wines(folder.resolve("winequality-white.csv.gz"));
    Labeled<RegressionTargets> red = wines(folder.resolve("winequality-red.csv.gz"));
    PretrainedModel network = pretrained("white wines", white);
    for (int rows : new int[] {20, 50, 200}) {
      Map<String, List<Double>> errors = new LinkedHashMap<>();
      for (long seed : seeds) {
        int[] order = new Seed(seed).derive("rows").permutation(red.size());
        Labeled<RegressionTargets> train = red.subset(Arrays.copyOf(order, rows));
        Labeled<RegressionTargets> test =
            red.subset(Arrays.copyOfRange(order, order.length / 2, order.length));
        measure(network, train, test, seed, errors);
      }
      print("quality of red wines, " + rows + " rows known", errors);
    }
  }

  private static Labeled<RegressionTargets> wines(Path file) {
    DataOptions options = DataOptions.DEFAULTS.withSeparator(';');
    Table table = Table.read(file, options.separator(), options.header());
    return NumericCsv.openRegression(table, List.of("quality"), Optional.empty());
  }

  private void school(Path file, long[] seeds) {
    Labeled<RegressionTargets> pupils = MatlabFile.read(file).pooled("X", "Y");
    List<int[]> schools =
        new ArrayList<>(Splits.byGroupName(Splits.groupsOf(pupils.examples())).values());
    int[] sources =
        schools.subList(0, SOURCE_SCHOOLS).stream().flatMapToInt(IntStream::of).toArray();
    PretrainedModel network = pretrained("a hundred schools", pupils.subset(sources));
    Map<String, List<Double>> errors = new LinkedHashMap<>();
    for (int t = 0; t < TARGET_SCHOOLS; t++) {
      Labeled<RegressionTargets> school = pupils.subset(schools.get(SOURCE_SCHOOLS + t));
      long seed = seeds[t % seeds.length];
      List<int[]> parts =
          Splits.random(school.size(), new Seed(seed).derive("rows"), SCHOOL_PART, 1 - SCHOOL_PART);
      measure(network, school.subset(parts.get(0)), school.subset(parts.get(1)), seed, errors);
    }
    print("exam scores of " + TARGET_SCHOOLS + " schools, 30 % of the pupils known", errors);
  }

  private PretrainedModel pretrained(String name, Labeled<RegressionTargets> source) {
    Graph graph = TableNetwork.graph(source);
    int width = ((TensorSample) source.examples().sample(0)).values().size();
    TensorPreprocessing rows =
        new TensorPreprocessing(TableNetwork.INPUT, List.of(width), PixelScaling.NONE);
    GraphModel fresh = new GraphModel(graph, Initialization.all(graph, new Seed(0)));
    TransferredModel trained =
        graft
            .transfer(
                new PretrainedModel(name, fresh, rows, Provenance.of("fresh", fresh.fingerprint())))
            .with("from-scratch")
            .with(PRETRAINING)
            .cutAt(TableNetwork.FEATURES)
            .fit(source);
    return new PretrainedModel(
        name, trained.model(), rows, Provenance.of(name, trained.model().fingerprint()));
  }

  private void measure(
      PretrainedModel network,
      Labeled<RegressionTargets> train,
      Labeled<RegressionTargets> test,
      long seed,
      Map<String, List<Double>> errors) {
    for (String strategy : STRATEGIES) {
      TransferredModel model =
          graft
              .transfer(network)
              .with(strategy)
              .with(TUNING)
              .seed(seed)
              .cutAt(cut(network))
              .fit(train);
      errors
          .computeIfAbsent(strategy, s -> new ArrayList<>())
          .add(graft.evaluate(model, test).metric("rmse"));
    }
  }

  /** The last hidden layer, under the name that it has after the first training. */
  private static String cut(PretrainedModel network) {
    return CutPoints.best(network.model().graph()).value();
  }

  private void print(String task, Map<String, List<Double>> errors) {
    out.printf("%n%s%n%n| arm | RMSE | 95 %% interval | p against from-scratch |%n", task);
    out.println("|---|---|---|---|");
    double[] scratch = array(errors.get(STRATEGIES.get(0)));
    errors.forEach(
        (strategy, values) -> {
          Estimate e = Estimate.of(array(values));
          double[] differences =
              IntStream.range(0, scratch.length)
                  .mapToDouble(i -> values.get(i) - scratch[i])
                  .toArray();
          boolean itself = strategy.equals(STRATEGIES.get(0));
          out.printf(
              Locale.ROOT,
              "| %s | %.3f | %.3f to %.3f | %s |%n",
              strategy,
              e.mean(),
              e.low(),
              e.high(),
              itself ? "" : String.format(Locale.ROOT, "%.4f", PairedTest.signFlip(differences)));
        });
    out.flush();
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }
}
