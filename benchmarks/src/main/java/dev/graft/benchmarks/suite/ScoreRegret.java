package dev.graft.benchmarks.suite;

import dev.graft.data.DataException;
import dev.graft.data.LoaderOptions;
import dev.graft.model.PretrainedModel;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import dev.graft.strategies.ModelRanking;
import dev.graft.train.Cancellation;
import dev.graft.transfer.FeatureStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How much is lost by choosing a network by a score instead of trying all: the regret of a score on
 * a task is the best network's metric, after a suite has trained each, less the metric of the
 * network that the score puts first. The scores see the labelled examples that the networks were
 * trained on, and no others. Metrics are means over the seeds; the examples of each seed make a
 * choice of their own.
 *
 * @param metric what was measured
 * @param tasks by name, those of which every network has a result
 * @param missing how many cells of the suite have no result
 */
public record ScoreRegret(String metric, Map<String, Chosen> tasks, int missing) {
  /** Instead of a score: any of the networks. */
  static final String BLINDLY = "blindly";

  /**
   * What was chosen for one task.
   *
   * @param reached by network the metric, mean over the seeds
   * @param choices by score the network that it puts first, for each seed
   */
  record Chosen(Map<String, Double> reached, Map<String, List<String>> choices) {
    String best() {
      return reached.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    }

    /** The mean loss by the choices of a score. */
    double regret(String score) {
      double best = reached.get(best());
      return choices.get(score).stream()
          .mapToDouble(c -> best - reached.get(c))
          .average()
          .orElse(0);
    }
  }

  /**
   * Runs what a suite lacks of its results, and ranks its networks for each of its tasks; a run
   * that is cancelled ranks nothing.
   *
   * @param directory for the suite's results and features
   * @throws DataException if the suite has several strategies or numbers of labels
   */
  public static ScoreRegret run(
      SuiteFile suite, Path directory, SuiteProgress progress, Cancellation cancellation)
      throws IOException {
    if (suite.strategies().size() != 1 || suite.labelsPerClass().size() != 1) {
      throw new DataException(
          "a ranking is judged by one strategy with one number of labels, but suite '"
              + suite.name()
              + "' has "
              + suite.strategies().size()
              + " strategies and "
              + suite.labelsPerClass().size()
              + " numbers of labels");
    }
    FileSuite.Run run = FileSuite.cells(suite, directory, progress, cancellation);
    long done = run.results().stream().filter(r -> r.outcome().isDone()).count();
    Map<String, Chosen> tasks =
        cancellation.isRequested() ? Map.of() : ranked(suite, directory, run);
    return new ScoreRegret(suite.metric(), tasks, run.planned() - (int) done);
  }

  private static Map<String, Chosen> ranked(SuiteFile suite, Path directory, FileSuite.Run run)
      throws IOException {
    List<PretrainedModel> networks = new ArrayList<>();
    for (SuiteFile.Model model : suite.models()) {
      networks.add(new SuiteModel(model).read());
    }
    BackendChoice engine = BackendChoice.of(suite.backends().get(0).backend());
    Map<String, Chosen> tasks = new TreeMap<>();
    try (Graft graft =
        Graft.open(
            binder -> {
              binder.bind(BackendChoice.class).toInstance(engine);
              binder
                  .bind(FeatureStore.class)
                  .toInstance(FileSuite.features(directory, LoaderOptions.strict()));
            })) {
      run.tasks()
          .forEach(
              (name, task) -> {
                Map<Long, Map<String, Double>> bySeed = bySeed(suite, name, run.results());
                if (!bySeed.isEmpty()) {
                  tasks.put(name, chosen(suite, task, bySeed, networks, graft));
                }
              });
    }
    return tasks;
  }

  /** The metric of each network on a task, for the seeds that all networks have finished. */
  private static Map<Long, Map<String, Double>> bySeed(
      SuiteFile suite, String task, List<CellResult> results) {
    Map<Long, Map<String, Double>> bySeed = new TreeMap<>();
    for (CellResult r : results) {
      if (r.outcome().isDone() && r.cell().data().equals(task)) {
        bySeed
            .computeIfAbsent(r.cell().seed(), s -> new LinkedHashMap<>())
            .put(r.cell().model(), r.outcome().metrics().get(suite.metric()));
      }
    }
    bySeed.values().removeIf(networks -> networks.size() < suite.models().size());
    return bySeed;
  }

  private static Chosen chosen(
      SuiteFile suite,
      Task task,
      Map<Long, Map<String, Double>> bySeed,
      List<PretrainedModel> networks,
      Graft graft) {
    Map<String, Double> reached =
        bySeed.values().stream()
            .flatMap(metrics -> metrics.entrySet().stream())
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    LinkedHashMap::new,
                    Collectors.averagingDouble(Map.Entry::getValue)));
    Map<String, List<String>> choices = new LinkedHashMap<>();
    for (long seed : bySeed.keySet()) {
      ModelRanking ranking =
          graft.rank(
              networks, task.labelled(suite.labelsPerClass().get(0), seed), Integer.MAX_VALUE);
      ranking.models().values().stream()
          .flatMap(scores -> scores.keySet().stream())
          .distinct()
          .forEach(
              score ->
                  choices
                      .computeIfAbsent(score, s -> new ArrayList<>())
                      .add(ranking.order(score).get(0)));
    }
    choices.put(BLINDLY, List.copyOf(reached.keySet()));
    return new Chosen(reached, choices);
  }

  /** The regrets by task and their means, as a Markdown table. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    if (!tasks.isEmpty()) {
      table(out);
    }
    if (missing > 0) {
      out.append(missing).append(" cells have no result; run it again.\n");
    }
    return out.toString();
  }

  private void table(StringBuilder out) {
    List<String> scores =
        tasks.values().stream().flatMap(t -> t.choices().keySet().stream()).distinct().toList();
    out.append("| task | best by ").append(metric).append(" | ");
    out.append(String.join(" | ", scores)).append(" |\n|---|---|");
    out.append("---|".repeat(scores.size())).append('\n');
    tasks.forEach(
        (name, task) -> {
          String best = task.best();
          out.append(format("| %s | %s %.3f |", name, best, task.reached().get(best)));
          for (String score : scores) {
            out.append(format(" %.3f%s |", task.regret(score), names(task, score)));
          }
          out.append('\n');
        });
    out.append("| mean regret | |");
    for (String score : scores) {
      double mean = tasks.values().stream().mapToDouble(t -> t.regret(score)).average().orElse(0);
      out.append(format(" %.4f |", mean));
    }
    out.append("\n\n");
  }

  /** The networks that a score has chosen. */
  private static String names(Chosen task, String score) {
    return score.equals(BLINDLY)
        ? ""
        : " " + String.join(" or ", new TreeSet<>(task.choices().get(score)));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
