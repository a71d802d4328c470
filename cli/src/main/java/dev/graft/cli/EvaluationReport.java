package dev.graft.cli;

import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluators;
import dev.graft.graph.edit.DynamicQuantization;
import dev.graft.transfer.TransferredModel;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is said of evaluations beside their numbers. */
final class EvaluationReport {
  private EvaluationReport() {}

  static void print(PrintWriter output, String part, Evaluation evaluation) {
    evaluation
        .metrics()
        .forEach((name, v) -> output.printf(Locale.ROOT, "%s %-12s %.4f%n", part, name, v));
  }

  /** A model's metrics with those of more parts, such as {@code test/accuracy}. */
  static Map<String, Double> metrics(TransferredModel model, Map<String, Evaluation> parts) {
    Map<String, Double> metrics = new LinkedHashMap<>(model.metrics());
    parts.forEach((part, e) -> e.metrics().forEach((name, v) -> metrics.put(part + "/" + name, v)));
    return metrics;
  }

  static void printLoss(
      PrintWriter output,
      TransferredModel whole,
      Evaluation before,
      TransferredModel small,
      Optional<Evaluation> after) {
    output.printf(
        Locale.ROOT,
        "int8 weights: %.2f MB instead of %.2f MB%n",
        DynamicQuantization.bytes(small.model()) / 1e6,
        DynamicQuantization.bytes(whole.model()) / 1e6);
    Evaluation now = after.orElseThrow();
    before
        .metrics()
        .forEach(
            (name, v) ->
                output.printf(Locale.ROOT, "int8 costs %-12s %+.4f%n", name, now.metric(name) - v));
  }

  /** What a model does worse for some than for others. */
  static void printGroups(PrintWriter output, Map<String, Evaluation> byGroup) {
    Evaluators.gaps(byGroup)
        .forEach(
            (metric, gap) -> {
              Comparator<String> order = Comparator.comparing(g -> byGroup.get(g).metric(metric));
              String low = byGroup.keySet().stream().min(order).orElseThrow();
              String high = byGroup.keySet().stream().max(order).orElseThrow();
              output.printf(
                  Locale.ROOT,
                  "groups %-12s from %.4f (%s) to %.4f (%s)%n",
                  metric,
                  byGroup.get(low).metric(metric),
                  low,
                  byGroup.get(high).metric(metric),
                  high);
            });
  }
}
