package dev.graft.benchmarks.suite;

import dev.graft.backend.Backends;
import dev.graft.benchmarks.report.Findings;
import dev.graft.benchmarks.report.Reports;
import dev.graft.data.ClassOverlap;
import dev.graft.data.DataException;
import dev.graft.data.Duplicate;
import dev.graft.data.LoaderOptions;
import dev.graft.datasets.DiskFeatureStore;
import dev.graft.eval.Evaluators;
import dev.graft.random.Seed;
import dev.graft.strategies.training.GradientTrainer;
import dev.graft.train.Cancellation;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.Strategies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Runs a suite that a file describes. */
public final class FileSuite {
  /** Most bytes of kept features. */
  private static final long CACHE_LIMIT = 2L << 30;

  private final SuiteFile suite;
  private final Backends backends = Backends.discover();
  private final Map<String, Task> tasks = new LinkedHashMap<>();

  private FileSuite(SuiteFile suite) {
    this.suite = suite;
  }

  /**
   * Runs the cells that have no result in {@code directory} yet, and writes the reports there.
   * Features of frozen networks are kept in its folder {@code features}.
   *
   * @param file where the suite was read from, for the report
   * @throws DataException if data cannot be opened, or have too few examples of a class; nothing
   *     has run then
   */
  public static Findings run(
      SuiteFile suite, Path file, Path directory, SuiteProgress progress, Cancellation cancellation)
      throws IOException {
    FileSuite opened = new FileSuite(suite);
    Run run = opened.cells(directory, progress, cancellation);
    Map<String, String> versions = new HashMap<>();
    for (SuiteFile.Engine engine : suite.backends()) {
      versions.putAll(opened.backends.get(engine.backend()).availability().versions());
    }
    Findings findings =
        Findings.of(
            opened.description(file), Environment.here(versions), run.planned(), run.results());
    Reports.write(directory, findings);
    return findings;
  }

  /**
   * What there is of a suite after a run.
   *
   * @param planned the number of its cells
   * @param results of those that have one
   */
  record Run(Map<String, Task> tasks, int planned, List<CellResult> results) {}

  /** Runs the cells that have no result in {@code directory} yet, and writes no report. */
  static Run cells(
      SuiteFile suite, Path directory, SuiteProgress progress, Cancellation cancellation)
      throws IOException {
    return new FileSuite(suite).cells(directory, progress, cancellation);
  }

  /** The features that runs into a directory keep there. */
  static FeatureStore features(Path directory, LoaderOptions loading) {
    return new DiskFeatureStore(directory.resolve("features"), CACHE_LIMIT, loading);
  }

  private Run cells(Path directory, SuiteProgress progress, Cancellation cancellation)
      throws IOException {
    for (SuiteFile.Data data : suite.data()) {
      tasks.putAll(TaskOpener.open(data));
    }
    tasks.forEach(this::requireEnough);
    List<Cell> cells = cells();
    LoaderOptions loading =
        suite.threads() == 0
            ? LoaderOptions.strict()
            : LoaderOptions.strict().withThreads(suite.threads());
    TransferCells.Services services =
        new TransferCells.Services(
            backends,
            Strategies.discover(),
            Evaluators.discover(),
            new GradientTrainer(),
            features(directory, loading),
            suite.threads());
    try (TransferCells runner = new TransferCells(tasks, models(), new FileArms(), services)) {
      List<CellResult> results =
          new SuiteRunner(cells, runner, suite.workers(), progress, cancellation).run(directory);
      return new Run(tasks, cells.size(), results);
    }
  }

  /** Checks that there are enough examples for every cell. */
  private void requireEnough(String name, Task task) {
    int[] counts = task.pool().targets().counts();
    for (int labels : suite.labelsPerClass()) {
      for (int c = 0; c < counts.length; c++) {
        if (counts[c] < labels) {
          throw new DataException(
              "data '"
                  + name
                  + "' has only "
                  + counts[c]
                  + " training examples of class '"
                  + task.pool().targets().classes().get(c)
                  + "', but labelsPerClass asks for "
                  + labels);
        }
      }
    }
  }

  /** Seed by seed, so that an interrupted run has whole pairs. */
  private List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (long seed : suite.seeds()) {
      for (String data : tasks.keySet()) {
        for (SuiteFile.Model model : suite.models()) {
          for (SuiteFile.Engine engine : suite.backends()) {
            for (int labels : suite.labelsPerClass()) {
              for (SuiteFile.Arm arm : suite.strategies()) {
                cells.add(
                    new Cell(
                        suite.name(),
                        data,
                        model.name(),
                        arm.name(),
                        engine.backend(),
                        engine.place().toString(),
                        labels,
                        seed,
                        digest(data, model, arm, engine)));
              }
            }
          }
        }
      }
    }
    return cells;
  }

  private String digest(
      String data, SuiteFile.Model model, SuiteFile.Arm arm, SuiteFile.Engine engine) {
    Task task = tasks.get(data);
    String all =
        String.join(
            "|",
            task.pool().examples().fingerprint(),
            task.test().examples().fingerprint(),
            model.toString(),
            arm.toString(),
            new TreeMap<>(backends.get(engine.backend()).availability().versions()).toString());
    return Long.toHexString(new Seed(0).derive(all).key());
  }

  /** The arms as the file says them. */
  private final class FileArms implements ArmRule {
    private SuiteFile.Arm arm(String name) {
      return suite.strategies().stream()
          .filter(a -> a.name().equals(name))
          .findFirst()
          .orElseThrow();
    }

    @Override
    public TrainingSettings settings(String name, int examples) {
      SuiteFile.Arm arm = arm(name);
      return arm.steps().isPresent()
          ? ArmRule.forSteps(arm.training(), arm.steps().getAsInt(), examples)
          : arm.training();
    }

    @Override
    public String strategy(String name) {
      return arm(name).strategy();
    }

    @Override
    public Optional<ModelSource> network(String name) {
      return arm(name)
          .network()
          .map(n -> new SuiteModel(new SuiteFile.Model(n.name(), n, Optional.empty())));
    }

    @Override
    public Optional<String> cut(String name) {
      return arm(name).cut();
    }
  }

  private Map<String, ModelSource> models() {
    Map<String, ModelSource> sources = new HashMap<>();
    suite.models().forEach(m -> sources.put(m.name(), new SuiteModel(m)));
    return sources;
  }

  private SuiteDescription description(Path file) {
    List<String> fairness = new ArrayList<>(suite.fairness());
    fairness.addAll(Fairness.of(suite));
    return new SuiteDescription(
        suite.name(),
        suite.title(),
        suite.text(),
        suite.metric(),
        suite.baseline(),
        Map.of(),
        List.of("./graft bench run " + file.getFileName() + " --out DIR"),
        fairness,
        warnings());
  }

  private List<String> warnings() {
    List<String> warnings = new ArrayList<>(suite.warnings());
    Map<String, List<String>> overlaps = new LinkedHashMap<>();
    for (SuiteFile.Model model : suite.models()) {
      tasks.forEach(
          (name, task) -> {
            List<ClassOverlap> overlap =
                ClassOverlap.between(
                    task.pool().targets().classes(), SuiteModel.trainedClasses(model));
            if (!overlap.isEmpty()) {
              overlaps
                  .computeIfAbsent(name + ": " + sample(overlap), k -> new ArrayList<>())
                  .add(model.name());
            }
          });
    }
    overlaps.forEach(
        (what, models) ->
            warnings.add(
                String.join(", ", models)
                    + " met classes of the target in pre-training, so transfer looks better here"
                    + " than on new classes. "
                    + what));
    tasks.forEach(
        (name, task) -> {
          List<Duplicate> twins = Duplicate.between(task.pool().examples(), task.test().examples());
          if (!twins.isEmpty()) {
            warnings.add(
                twins.size() + " test examples of " + name + " are among its training examples.");
          }
        });
    if (suite.seeds().size() < 5) {
      warnings.add(
          "Only "
              + suite.seeds().size()
              + " seeds: small effects cannot be told from chance. Ten are better.");
    }
    return warnings;
  }

  private static String sample(List<?> items) {
    List<String> first = items.stream().limit(4).map(Object::toString).toList();
    return String.join(", ", first) + (items.size() > first.size() ? ", and more" : "");
  }
}
