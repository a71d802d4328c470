package dev.graft.benchmarks.suite;

import dev.graft.train.TrainingSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a suite's settings themselves say about how its arms were kept alike. */
final class Fairness {
  private Fairness() {}

  /** Sentences for the report. */
  static List<String> of(SuiteFile suite) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "All strategies of a seed get the same labelled examples, and none sees the test part.");
    lines.add(
        "Every strategy was run with the settings of the suite file and no others. How its author"
            + " came by them, only the author can say.");
    Map<TrainingSettings, List<String>> bySettings =
        suite.strategies().stream()
            .collect(
                Collectors.groupingBy(
                    SuiteFile.Arm::training,
                    LinkedHashMap::new,
                    Collectors.mapping(SuiteFile.Arm::name, Collectors.toList())));
    lines.add(
        bySettings.size() == 1
            ? "All strategies have the same training settings."
            : "The strategies have training settings of their own: "
                + bySettings.values().stream()
                    .map(arms -> String.join(" and ", arms))
                    .collect(Collectors.joining("; "))
                + ". See the suite file.");
    for (SuiteFile.Arm arm : suite.strategies()) {
      arm.network()
          .ifPresent(
              n -> lines.add("'" + arm.name() + "' is another network, '" + n.name() + "'."));
    }
    lines.add(
        "Training from scratch has normalisation layers: where an exporter folded them away, they"
            + " were put back, and the strategies' notes say where.");
    if (suite.strategies().stream().anyMatch(Fairness::stopsEarly)) {
      lines.add(
          "Some strategies stop early by a validation part of their labelled examples. With few"
              + " labels that can end training from scratch before it has begun to learn: compare"
              + " the curves over steps.");
    }
    return lines;
  }

  private static boolean stopsEarly(SuiteFile.Arm arm) {
    return arm.training().stopping().patience() > 0
        && arm.training().stopping().validationFraction() > 0;
  }
}
