package dev.graft.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.Cell;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.Environment;
import dev.graft.benchmarks.suite.Outcome;
import dev.graft.benchmarks.suite.SuiteDescription;
import dev.graft.eval.Calibration;
import dev.graft.random.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final List<String> STRATEGIES =
      List.of("from-scratch", "fine-tuning", "feature-extraction");
  private static final List<Integer> LABELS = List.of(1, 2, 5, 10, 20, 50, Cell.ALL);

  @TempDir Path directory;

  /** Made-up results in which transfer helps with few labels and feature extraction hurts later. */
  private static List<CellResult> results(List<String> names) {
    return results(names, 1);
  }

  /**
   * @param pace how fast training losses fall
   */
  private static List<CellResult> results(List<String> names, double pace) {
    List<CellResult> results = new ArrayList<>();
    for (int l = 0; l < LABELS.size(); l++) {
      for (int s = 0; s < STRATEGIES.size(); s++) {
        for (long seed = 0; seed < 10; seed++) {
          double scratch = 0.55 + 0.07 * l;
          double gain = s == 0 ? 0 : s == 1 ? 0.12 - 0.02 * l : 0.2 - 0.05 * l;
          double noise = 0.02 * new Seed(seed).derive("noise" + l + s).gaussian(0);
          double accuracy = Math.min(0.999, scratch + gain + noise);
          results.add(result(names.get(s), LABELS.get(l), seed, accuracy, pace));
        }
      }
    }
    return results;
  }

  private static Outcome done(double accuracy, double pace) {
    return new Outcome(
        Outcome.Status.DONE,
        Map.of("accuracy", accuracy, "calibration-error", 0.25),
        900,
        Map.of("features", 0.02, "training", 0.25, "evaluation", 0.03, "total", 0.31),
        0.6,
        LongStream.rangeClosed(1, 10)
            .mapToObj(
                e ->
                    new Outcome.TrainingPoint(
                        8 * e, Map.of("loss", Math.pow(e, -pace), "validation/loss", 2.0 / e)))
            .toList(),
        List.of(new Calibration.Bin(300, 0.55, 0.5), new Calibration.Bin(600, 0.9, 0.7)),
        640,
        Map.of("graft", "0.1.0"),
        Outcome.Cache.NONE,
        List.of("<b>a note</b> & more"),
        "");
  }

  private static Findings findings(List<CellResult> results) {
    SuiteDescription suite =
        new SuiteDescription(
            "demo",
            "Did transfer help on digits?",
            "Made-up results for a test.",
            "accuracy",
            "from-scratch",
            Map.of("UCI digits", "Drawn digits to scanned ones."),
            List.of("./graft bench quick --out DIR"),
            List.of("The same epochs for every arm."),
            List.of("The target classes were among those of pre-training."));
    return Findings.of(
        suite, Environment.here(Map.of("onnxruntime", "1.28.0")), results.size(), results);
  }

  @Test
  void verdictsTurnRoundWhenTheLabelsOfTheArmsAreSwapped() {
    List<String> swapped = List.of("fine-tuning", "from-scratch", "feature-extraction");
    Findings forward = findings(results(STRATEGIES));
    Findings back = findings(results(swapped));
    assertEquals(Verdict.HELPS, verdict(forward, "fine-tuning", 1));
    assertEquals(Verdict.HURTS, verdict(back, "fine-tuning", 1));
    assertEquals(Verdict.HURTS, verdict(forward, "feature-extraction", 50));
  }

  @Test
  void seedsThatRepeatOneResultProveNothing() {
    List<CellResult> repeated = new ArrayList<>();
    for (long seed = 0; seed < 5; seed++) {
      repeated.add(result("from-scratch", Cell.ALL, seed, 0.80));
      repeated.add(result("feature-extraction", Cell.ALL, seed, 0.81));
      repeated.add(result("fine-tuning", Cell.ALL, seed, 0.9 + 0.001 * seed));
    }
    Findings f = findings(repeated);
    assertEquals(Verdict.UNTESTED, verdict(f, "feature-extraction", Cell.ALL));
    assertEquals(Verdict.HELPS, verdict(f, "fine-tuning", Cell.ALL));
    assertEquals(
        0.01,
        f.stories().get(0).row("feature-extraction", Cell.ALL).orElseThrow().gain().mean(),
        1e-9);
    assertTrue(MarkdownReport.of(f).contains("cannot be tested with all"));
  }

  private static CellResult result(String strategy, int labels, long seed, double accuracy) {
    return result(strategy, labels, seed, accuracy, 1);
  }

  private static CellResult result(
      String strategy, int labels, long seed, double accuracy, double pace) {
    return new CellResult(
        new Cell("demo", "UCI digits", "small CNN", strategy, "onnx", "cpu", labels, seed, "x"),
        done(accuracy, pace));
  }

  private static Verdict verdict(Findings f, String strategy, int labels) {
    return f.stories().get(0).row(strategy, labels).orElseThrow().verdict();
  }

  @Test
  void htmlHasNothingOutsideItself() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    String html = Files.readString(directory.resolve("report.html"));
    Pattern external =
        Pattern.compile(
            "https?://|\\bsrc\\s*=|\\bhref\\s*=|url\\(|@import|<script|<link|<iframe",
            Pattern.CASE_INSENSITIVE);
    assertFalse(external.matcher(html).find(), () -> "found " + external);
    assertTrue(html.contains("prefers-color-scheme: dark"));
    assertTrue(html.contains("name=\"viewport\""));
  }

  @Test
  void htmlShowsCurvesVerdictsAndWarnings() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    String html = Files.readString(directory.resolve("report.html"));
    for (String part :
        List.of(
            "class=\"band c1\"",
            "role=\"img\" aria-label=\"Learning curves",
            "helps (large)",
            "hurts (",
            "The target classes were among those of pre-training.",
            "./graft bench quick --out DIR",
            "onnxruntime",
            "Student 1908")) {
      assertTrue(html.contains(part), part + " is missing");
    }
    assertTrue(html.contains("&lt;b&gt;a note&lt;/b&gt; &amp; more"), "notes are escaped");
  }

  @Test
  void aBaselineThatWasStillLearningIsNamed() {
    List<String> slow = findings(results(STRATEGIES, 0.3)).description().warnings();
    assertTrue(
        slow.get(1).contains("'from-scratch' was still learning")
            && slow.get(1).contains("UCI digits, small CNN (50 %)"),
        slow.toString());
    assertEquals(1, findings(results(STRATEGIES)).description().warnings().size());
  }

  @Test
  void negativeTransferIsNamedWithItsTest() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    String named = "feature-extraction with 50 labels a class loses";
    for (String file : List.of("report.html", "report.md", "summary.json")) {
      String text = Files.readString(directory.resolve(file));
      assertTrue(text.contains(named), file);
      assertTrue(text.contains("paired t-test over 10 seeds, p = "), file);
    }
    List<CellResult> swapped =
        results(List.of("feature-extraction", "fine-tuning", "from-scratch"));
    Reports.write(directory, findings(swapped));
    assertFalse(Files.readString(directory.resolve("report.md")).contains(named));
  }

  @Test
  void trainingIsShownStepByStepWithTheMostLabels() throws IOException {
    Findings found = findings(results(STRATEGIES));
    StepCurves steps = found.stories().get(0).steps().orElseThrow();
    assertEquals("validation/loss", steps.metric());
    assertEquals(Cell.ALL, steps.labelsPerClass());
    assertEquals(2.0 / 3, steps.curves().get("fine-tuning").get(24).mean(), 1e-12);
    assertEquals(10, steps.curves().get("fine-tuning").get(24).n());
    Reports.write(directory, found);
    String html = Files.readString(directory.resolve("report.html"));
    assertTrue(html.contains("validation/loss while training with all labels"));
    assertTrue(
        html.contains("aria-label=\"Training curves for UCI digits: validation/loss by steps"));
  }

  @Test
  void costSaysProcessorTime() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    assertTrue(Files.readString(directory.resolve("report.html")).contains("<td>0.60 s</td>"));
  }

  @Test
  void markupIsBalanced() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    String html = Files.readString(directory.resolve("report.html"));
    for (String tag : List.of("section", "table", "tr", "td", "th", "ul", "li", "svg", "g", "p")) {
      assertEquals(
          count(html, "<" + tag + "[ >]"), count(html, "</" + tag + ">"), "unbalanced " + tag);
    }
  }

  private static long count(String text, String regex) {
    return Pattern.compile(regex).matcher(text).results().count();
  }

  @Test
  void summaryIsJsonWithEveryRow() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    JsonNode root = new ObjectMapper().readTree(directory.resolve("summary.json").toFile());
    JsonNode story = root.get("stories").get(0);
    assertEquals(14, story.get("comparisons").size());
    assertEquals("helps", story.get("comparisons").get(0).get("verdict").asText());
    assertEquals(7, story.get("curves").get("fine-tuning").size());
    assertTrue(story.get("gains").get("fine-tuning").get("jumpstart").get("mean").asDouble() > 0);
  }

  @Test
  void markdownHasARowPerStrategyAndLabelCount() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    String text = Files.readString(directory.resolve("report.md"));
    assertEquals(21, text.lines().filter(l -> l.matches("\\| (\\d+|all) \\| .*")).count());
    assertTrue(text.contains("▲ helps (large)"));
  }

  @Test
  void gainsOfTheWholeCurveAreInEveryReport() throws IOException {
    Reports.write(directory, findings(results(STRATEGIES)));
    for (String file : List.of("report.html", "report.md")) {
      String text = Files.readString(directory.resolve(file));
      for (String gain : List.of("jumpstart", "slope, per doubling", "asymptote", "area ratio")) {
        assertTrue(text.contains(gain), gain + " is missing in " + file);
      }
    }
  }

  @Test
  void everyMetricOfTheEvaluatorsIsShown() throws IOException {
    Findings found = findings(results(STRATEGIES));
    assertEquals(
        0.25, found.stories().get(0).metrics().get("fine-tuning").get("calibration-error").mean());
    Reports.write(directory, found);
    String html = Files.readString(directory.resolve("report.html"));
    assertTrue(html.contains("<th scope=\"row\">calibration-error</th>"));
    assertTrue(html.contains("<td>0.250 ± 0.000</td>"));
  }

  @Test
  void fewSeedsAreSaidToBeBeyondTheExactTest() throws IOException {
    List<CellResult> few = results(STRATEGIES).stream().filter(r -> r.cell().seed() < 5).toList();
    Findings found = findings(few);
    assertTrue(found.count(Verdict.HELPS) > 0);
    assertEquals(0, found.contradicted());
    Reports.write(directory, found);
    assertTrue(
        Files.readString(directory.resolve("report.md"))
            .contains("come from fewer than six seeds"));
    Reports.write(directory, findings(results(STRATEGIES)));
    assertFalse(
        Files.readString(directory.resolve("report.md"))
            .contains("come from fewer than six seeds"));
  }

  @Test
  void reliabilityIsPooledOverSeedsAndDrawn() throws IOException {
    Findings found = findings(results(STRATEGIES));
    assertEquals(
        List.of(new Calibration.Bin(3000, 0.55, 0.5), new Calibration.Bin(6000, 0.9, 0.7)),
        found.stories().get(0).calibration().get("fine-tuning").stream()
            .map(b -> new Calibration.Bin(b.count(), round(b.confidence()), round(b.accuracy())))
            .toList());
    Reports.write(directory, found);
    String html = Files.readString(directory.resolve("report.html"));
    assertTrue(html.contains("aria-label=\"Reliability diagram for UCI digits\""));
  }

  private static double round(double value) {
    return Math.round(1e9 * value) / 1e9;
  }

  @Test
  void failedCellsAreListedWithTheirReason() throws IOException {
    List<CellResult> results = results(STRATEGIES);
    Cell cell = new Cell("demo", "UCI digits", "m", "fine-tuning", "onnx", "cpu", 5, 99, "x");
    results.add(
        new CellResult(
            cell,
            new Outcome(
                Outcome.Status.FAILED,
                Map.of(),
                0,
                Map.of(),
                0,
                List.of(),
                List.of(),
                0,
                Map.of(),
                Outcome.Cache.NONE,
                List.of(),
                "loss is NaN at step 3")));
    Reports.write(directory, findings(results));
    for (String file : List.of("report.html", "report.md", "summary.json")) {
      assertTrue(Files.readString(directory.resolve(file)).contains("loss is NaN at step 3"), file);
    }
  }

  @Test
  void withoutBaselineThereAreCurvesButNoVerdicts() throws IOException {
    List<CellResult> only =
        results(STRATEGIES).stream()
            .filter(r -> !r.cell().strategy().equals("from-scratch"))
            .toList();
    Findings f = findings(only);
    assertEquals(0, f.rows().size());
    assertEquals(2, f.stories().get(0).curves().size());
    Reports.write(directory, f);
    assertTrue(Files.readString(directory.resolve("report.md")).contains("nothing to compare"));
  }
}
