package dev.graft.benchmarks.suite;

import dev.graft.model.PretrainedModel;
import dev.graft.strategies.Graft;
import dev.graft.strategies.ModelRanking;
import dev.graft.train.Cancellation;
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
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How much is lost by choosing a network by a score instead of trying all: the regret of a score on
 * a task is the best network's metric, after a suite has trained each, less the metric of the
 * network that the score puts first.
 */
public final class ScoreRegret {
  private ScoreRegret() {}

  /**
   * Runs the suite (its finished cells are kept), ranks its networks on each of its tasks, and
   * prints a table by task and the mean regret of each score, as Markdown.
   *
   * @param file where the suite was read from
   * @param directory for the results of the suite
   * @param most examples that scores look at
   */
  public static void run(
      SuiteFile suite,
      Path file,
      Path directory,
      int most,
      Graft graft,
      SuiteProgress progress,
      Cancellation cancellation,
      PrintWriter out)
      throws IOException {
    FileSuite.run(suite, file, directory, progress, cancellation);
    Map<String, Map<String, Double>> reached = means(ResultLog.read(directory), suite.metric());
    List<PretrainedModel> networks = new ArrayList<>();
    for (SuiteFile.Model model : suite.models()) {
      networks.add(new SuiteModel(model).read());
    }
    Map<String, ModelRanking> rankings = new TreeMap<>();
    for (SuiteFile.Data data : suite.data()) {
      for (Map.Entry<String, Task> task : TaskOpener.open(data).entrySet()) {
        if (reached.containsKey(task.getKey())) {
          rankings.put(task.getKey(), graft.rank(networks, task.getValue().pool(), most));
        }
      }
    }
    print(reached, rankings, suite.metric(), out);
  }

  /** The mean metric of each network on each task that all networks finished. */
  static Map<String, Map<String, Double>> means(List<CellResult> results, String metric) {
    Map<String, Map<String, Double>> means =
        results.stream()
            .filter(r -> r.outcome().status() == Outcome.Status.DONE)
            .collect(
                Collectors.groupingBy(
                    r -> r.cell().data(),
                    TreeMap::new,
                    Collectors.groupingBy(
                        r -> r.cell().model(),
                        TreeMap::new,
                        Collectors.averagingDouble(r -> r.outcome().metrics().get(metric)))));
    int most = means.values().stream().mapToInt(Map::size).max().orElse(0);
    means.values().removeIf(m -> m.size() < most);
    return means;
  }

  /** The best metric less that of the network which a score puts first. */
  static double regret(Map<String, Double> reached, String chosen) {
    return reached.values().stream().mapToDouble(v -> v).max().orElseThrow() - reached.get(chosen);
  }

  private static void print(
      Map<String, Map<String, Double>> reached,
      Map<String, ModelRanking> rankings,
      String metric,
      PrintWriter out) {
    Set<String> scores = new LinkedHashSet<>();
    rankings
        .values()
        .forEach(r -> r.models().values().forEach(values -> scores.addAll(values.keySet())));
    out.printf("| task | best by %s | %s |%n", metric, String.join(" | ", scores));
    out.println("|---|---|" + "---|".repeat(scores.size()));
    Map<String, List<Double>> regrets = new LinkedHashMap<>();
    rankings.forEach(
        (task, ranking) -> {
          Map<String, Double> found = reached.get(task);
          String best =
              found.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
          StringBuilder line = new StringBuilder();
          for (String score : scores) {
            List<String> order = ranking.order(score);
            double regret = regret(found, order.get(0));
            regrets.computeIfAbsent(score, s -> new ArrayList<>()).add(regret);
            line.append(String.format(Locale.ROOT, " %s (%.3f) |", order.get(0), regret));
          }
          out.printf(Locale.ROOT, "| %s | %s (%.3f) |%s%n", task, best, found.get(best), line);
        });
    out.printf("%nmean regret over %d tasks%n", rankings.size());
    regrets.forEach(
        (score, values) ->
            out.printf(
                Locale.ROOT,
                "%-14s %.4f, the best network first on %d of %d%n",
                score,
                values.stream().mapToDouble(v -> v).average().orElse(0),
                values.stream().filter(v -> v == 0).count(),
                values.size()));
    out.flush();
  }
}
