package dev.graft.benchmarks.quick;

import static java.util.stream.Collectors.joining;

import dev.graft.backend.Backend;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.benchmarks.digits.DigitImages;
import dev.graft.benchmarks.digits.OpticalDigits;
import dev.graft.benchmarks.digits.StrokeDigits;
import dev.graft.benchmarks.report.Findings;
import dev.graft.benchmarks.report.Reports;
import dev.graft.benchmarks.suite.ArmRule;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.CellRunner;
import dev.graft.benchmarks.suite.Classes;
import dev.graft.benchmarks.suite.Environment;
import dev.graft.benchmarks.suite.ModelSource;
import dev.graft.benchmarks.suite.SuiteDescription;
import dev.graft.benchmarks.suite.SuiteProgress;
import dev.graft.benchmarks.suite.SuiteRunner;
import dev.graft.benchmarks.suite.Task;
import dev.graft.benchmarks.suite.TransferCells;
import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.LoaderOptions;
import dev.graft.data.PixelScaling;
import dev.graft.data.Preprocessing;
import dev.graft.data.TensorPreprocessing;
import dev.graft.eval.Evaluators;
import dev.graft.graph.Graph;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.strategies.training.GradientTrainer;
import dev.graft.train.Cancellation;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Strategies;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Three stories on embedded data, in minutes and without any download: one in which transfer should
 * help, from drawings to scans of the same digits, one in which it may hurt, from the digits 0 to 4
 * to the digits 5 to 9, and one on sentences; and one more for each table of texts that is given.
 */
public final class QuickSuite {
  private static final String NAME = "quick";
  private static final String DRAWN = "Drawn digits to scanned digits";
  private static final String OTHER = "Digits 0–4 to digits 5–9";
  private static final String DRAWN_NETWORK = "CNN pre-trained on drawn digits";
  private static final String OTHER_NETWORK = "CNN pre-trained on digits 0–4";
  private static final String BASELINE = "from-scratch";
  private static final List<String> STRATEGIES =
      List.of(BASELINE, "feature-extraction", "fine-tuning");

  private static final Seed PRETRAINING = new Seed(20_260_101);
  private static final int DRAWINGS_PER_DIGIT = 400;
  private static final int PRETRAINING_STEPS = 600;

  /** Steps of gradient training in every cell, whatever the number of labels. */
  private static final int STEPS = 150;

  /**
   * For every arm; fixed before any result was seen. All that only transfer uses is the library's
   * default.
   */
  private static final TrainingSettings SETTINGS =
      TrainingSettings.DEFAULT
          .withBatchSize(32)
          .schedule(s -> s.withRate(3e-3))
          .stopping(s -> s.withValidationFraction(0).withPatience(0));

  /**
   * What may be chosen.
   *
   * @param backend the engine's name; empty for the preferred one
   * @param device where it runs
   * @param seeds how many seeds, from 0; ten or more give the tests their power
   * @param labelsPerClass the label counts, each from 1 to 80
   * @param workers how many cells run at once, each on one thread
   * @param texts tables of texts and labels, for a story each
   */
  public record Options(
      Optional<String> backend,
      Device device,
      int seeds,
      List<Integer> labelsPerClass,
      int workers,
      List<Path> texts) {
    public static final Options DEFAULT =
        new Options(
            Optional.empty(),
            Device.CPU,
            10,
            List.of(1, 2, 5, 10, 20, 50),
            Runtime.getRuntime().availableProcessors(),
            List.of());

    public Options {
      labelsPerClass = List.copyOf(labelsPerClass);
      texts = List.copyOf(texts);
      if (seeds < 1 || workers < 1) {
        throw new IllegalArgumentException(
            "seeds and workers must be at least 1, but are " + seeds + " and " + workers);
      }
      if (labelsPerClass.isEmpty() || labelsPerClass.stream().anyMatch(l -> l < 1 || l > 80)) {
        throw new IllegalArgumentException(
            "labels per class must be 1 to 80, but are " + labelsPerClass);
      }
    }

    public Options withBackend(String name, Device on) {
      return new Options(Optional.of(name), on, seeds, labelsPerClass, workers, texts);
    }

    public Options withSeeds(int count) {
      return new Options(backend, device, count, labelsPerClass, workers, texts);
    }

    public Options withLabelsPerClass(List<Integer> counts) {
      return new Options(backend, device, seeds, counts, workers, texts);
    }

    public Options withWorkers(int count) {
      return new Options(backend, device, seeds, labelsPerClass, count, texts);
    }

    public Options withTexts(List<Path> files) {
      return new Options(backend, device, seeds, labelsPerClass, workers, files);
    }
  }

  private QuickSuite() {}

  /**
   * Runs what has no result in {@code directory} yet, and writes the reports there.
   *
   * @return what was found
   */
  public static Findings run(
      Path directory, Options options, SuiteProgress progress, Cancellation cancellation)
      throws IOException {
    Backends backends = Backends.discover();
    String backend = backends.choose(options.backend()).name();
    Map<String, String> versions = backends.get(backend).availability().versions();
    List<TextStory> stories = new ArrayList<>(List.of(TextStory.utterances()));
    options.texts().forEach(file -> stories.add(TextStory.of(file)));
    List<Cell> cells = cells(backend, versions, options, stories);
    TransferCells.Services services =
        new TransferCells.Services(
            backends,
            Strategies.discover(),
            Evaluators.discover(),
            new GradientTrainer(),
            new KeptFeatures(LoaderOptions.strict().withThreads(1)),
            1);
    List<CellResult> results;
    try (TransferCells digits = new TransferCells(tasks(), models(), rule(), services);
        TransferCells texts = TextStory.cells(stories, services)) {
      CellRunner runner =
          (cell, stop) -> (cell.model().equals(TextStory.NETWORK) ? texts : digits).run(cell, stop);
      results =
          new SuiteRunner(cells, runner, options.workers(), progress, cancellation).run(directory);
    }
    Environment environment = Environment.here(versions);
    Findings findings =
        Findings.of(description(backend, options, stories), environment, cells.size(), results);
    Reports.write(directory, findings);
    return findings;
  }

  /** Seed by seed, so that an interrupted run has whole pairs. */
  private static List<Cell> cells(
      String backend, Map<String, String> versions, Options options, List<TextStory> stories) {
    String all =
        String.join(
                "/",
                SETTINGS.toString(),
                TextStory.SETTINGS.toString(),
                Integer.toString(STEPS),
                Integer.toString(PRETRAINING_STEPS))
            + new TreeMap<>(versions);
    String settings = Long.toHexString(new Seed(0).derive(all).key());
    List<Cell> cells = new ArrayList<>();
    for (long seed = 0; seed < options.seeds(); seed++) {
      for (String data : List.of(DRAWN, OTHER)) {
        String model = data.equals(DRAWN) ? DRAWN_NETWORK : OTHER_NETWORK;
        for (int labels : options.labelsPerClass()) {
          for (String strategy : STRATEGIES) {
            cells.add(cell(data, model, strategy, backend, options, labels, seed, settings));
          }
        }
      }
      for (TextStory story : stories) {
        for (int labels : story.labels(options.labelsPerClass(), seed)) {
          for (String strategy : TextStory.STRATEGIES) {
            cells.add(
                cell(
                    story.data(),
                    TextStory.NETWORK,
                    strategy,
                    backend,
                    options,
                    labels,
                    seed,
                    settings));
          }
        }
      }
    }
    return cells;
  }

  private static Cell cell(
      String data,
      String model,
      String strategy,
      String backend,
      Options options,
      int labels,
      long seed,
      String settings) {
    return new Cell(
        NAME, data, model, strategy, backend, options.device().toString(), labels, seed, settings);
  }

  private static Map<String, Task> tasks() {
    Labeled<ClassLabels> pool = OpticalDigits.pool();
    Labeled<ClassLabels> test = OpticalDigits.test();
    List<String> high = List.of("5", "6", "7", "8", "9");
    return Map.of(
        DRAWN,
        new Task(pool, test),
        OTHER,
        new Task(Classes.only(pool, high), Classes.only(test, high)));
  }

  private static Map<String, ModelSource> models() {
    return Map.of(
        DRAWN_NETWORK,
        backend ->
            pretrain(
                DRAWN_NETWORK,
                StrokeDigits.generate(PRETRAINING, DRAWINGS_PER_DIGIT),
                "10 digits, generated",
                backend),
        OTHER_NETWORK,
        backend ->
            pretrain(
                OTHER_NETWORK,
                Classes.only(OpticalDigits.all(), List.of("0", "1", "2", "3", "4")),
                "UCI optical digits 0 to 4",
                backend));
  }

  private static ArmRule rule() {
    return (strategy, examples) -> ArmRule.forSteps(SETTINGS, STEPS, examples);
  }

  /** Trains the network on source data, with the library's own strategy for fresh networks. */
  private static PretrainedModel pretrain(
      String name, Labeled<ClassLabels> source, String trainedOn, Backend backend) {
    List<String> classes = source.targets().classes();
    Graph graph = DigitNetwork.graph(classes.size());
    Preprocessing preprocessing =
        TensorPreprocessing.of(PixelScaling.NONE, 1, DigitImages.SIDE, DigitImages.SIDE)
            .withInput(DigitNetwork.INPUT);
    GraphModel fresh = new GraphModel(graph, Initialization.all(graph, PRETRAINING));
    PretrainedModel untrained =
        new PretrainedModel(
            name, fresh, preprocessing, Provenance.of(name, fresh.parameters().fingerprint()));
    TransferContext context =
        TransferContext.of(
            backend,
            FeatureStore.uncached(LoaderOptions.strict()),
            new GradientTrainer(),
            ArmRule.forSteps(SETTINGS.withBatchSize(64), PRETRAINING_STEPS, source.size()),
            PRETRAINING);
    TransferredModel trained =
        Strategies.discover()
            .get(BASELINE, Inductive.class)
            .fit(Inductive.of(untrained, source).cutAt(DigitNetwork.FEATURES), context);
    Provenance provenance =
        new Provenance(
            name,
            trained.model().parameters().fingerprint(),
            Optional.of(trainedOn),
            classes,
            Map.of());
    return new PretrainedModel(name, trained.model(), preprocessing, provenance);
  }

  private static SuiteDescription description(
      String backend, Options options, List<TextStory> texts) {
    Map<String, String> stories = new LinkedHashMap<>();
    stories.put(
        DRAWN,
        "A small network learns from "
            + 10 * DRAWINGS_PER_DIGIT
            + " computer-drawn digits, then gets a few labelled scans of each digit. Do drawings"
            + " save labels?");
    stories.put(
        OTHER,
        "The same network learns to tell the scanned digits 0 to 4 apart, then gets a few labelled"
            + " scans of 5 to 9. Do features of five classes serve the other five?");
    texts.forEach(story -> stories.put(story.data(), story.text()));
    return new SuiteDescription(
        NAME,
        "Did transfer help?",
        "Two tasks on the UCI optical digits (Alpaydin and Kaynak 1998, CC BY 4.0) and one on"
            + " sentences, which come with Graft. Each compares a pre-trained network with the same"
            + " network trained from scratch.",
        "accuracy",
        BASELINE,
        stories,
        List.of(
            "./graft bench quick --out DIR --backend "
                + backend
                + " --device "
                + options.device()
                + " --seeds "
                + options.seeds()
                + options.texts().stream().map(file -> " --texts " + file).collect(joining())),
        List.of(
            "All strategies use the same network, and those that train by gradients make the same"
                + " number of steps, at least "
                + STEPS
                + " on digits and "
                + TextStory.STEPS
                + " on sentences, with the same optimizer and peak rate.",
            "All settings were fixed before any result was seen; what only transfer uses is the"
                + " library's default. None was chosen by a transfer result.",
            "The network of digits has no batch normalisation, so none can be lost or mistrained in one arm"
                + " only. No arm uses augmentation or early stopping.",
            "The generator of drawn digits was fixed before any transfer result was looked at."),
        List.of(
            "Drawn digits: the pre-training had the same ten classes as the target, only drawn by a"
                + " program. On new classes the gain would be smaller.",
            "Sentences: so few steps train a network of this size from scratch to little; that is"
                + " what can be had of it in this time. Counting words (tf-idf) is the baseline to"
                + " look at. There are "
                + TextStory.MOST_SEEDS
                + " seeds at most.",
            "One network was pre-trained per task; seeds vary the labelled examples, the new"
                + " layers' first weights and the order of training, not the pre-training."));
  }
}
