package dev.graft.benchmarks.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.benchmarks.statistics.Comparison;
import dev.graft.benchmarks.statistics.Estimate;
import dev.graft.benchmarks.statistics.TransferGains;
import dev.graft.benchmarks.statistics.Verdict;
import dev.graft.benchmarks.suite.CellResult;
import dev.graft.benchmarks.suite.SuiteDescription;

/** The findings as JSON, for programs. Shares and gains are between 0 and 1. */
final class SummaryJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private SummaryJson() {}

  static String of(Findings findings) {
    SuiteDescription suite = findings.description();
    ObjectNode root = JSON.createObjectNode();
    root.put("suite", suite.name());
    root.put("title", suite.title());
    root.put("metric", suite.metric());
    root.put("baseline", suite.baseline());
    root.put("headline", Figures.headline(findings));
    root.put("cells", findings.planned());
    ObjectNode verdicts = root.putObject("verdicts");
    for (Verdict v : Verdict.values()) {
      verdicts.put(v.words(), findings.count(v));
    }
    ArrayNode stories = root.putArray("stories");
    findings.stories().forEach(s -> stories.add(story(s)));
    ArrayNode failures = root.putArray("failures");
    for (CellResult r : findings.failures()) {
      ObjectNode failure = JSON.valueToTree(r.cell());
      failures.add(failure.put("error", r.outcome().error()));
    }
    root.set("negativeTransfer", JSON.valueToTree(Figures.negativeTransfer(findings)));
    root.set("environment", JSON.valueToTree(findings.environment()));
    root.set("method", JSON.valueToTree(Figures.method(findings)));
    root.set("fairness", JSON.valueToTree(suite.fairness()));
    root.set("warnings", JSON.valueToTree(suite.warnings()));
    root.set("notes", JSON.valueToTree(findings.notes()));
    root.set("reproduce", JSON.valueToTree(suite.reproduce()));
    return root.toPrettyString() + "\n";
  }

  private static ObjectNode story(Story story) {
    ObjectNode node = JSON.createObjectNode();
    node.put("data", story.data());
    node.put("model", story.model());
    node.put("backend", story.backend());
    node.put("device", story.device());
    node.put("testExamples", story.testExamples());
    ObjectNode curves = node.putObject("curves");
    story
        .curves()
        .forEach(
            (strategy, curve) -> {
              ArrayNode points = curves.putArray(strategy);
              curve.forEach(
                  (labels, e) -> points.add(estimate(e).put("labelsPerClass", labels.intValue())));
            });
    ObjectNode metrics = node.putObject("metrics");
    story
        .metrics()
        .forEach(
            (strategy, byName) -> {
              ObjectNode arm = metrics.putObject(strategy);
              byName.forEach((name, e) -> arm.set(name, estimate(e)));
            });
    story.steps().ifPresent(s -> node.set("steps", steps(s)));
    ArrayNode rows = node.putArray("comparisons");
    story.rows().forEach(r -> rows.add(row(r)));
    ObjectNode gains = node.putObject("gains");
    story.gains().forEach((strategy, g) -> gains.set(strategy, gains(g)));
    node.set("costs", JSON.valueToTree(story.costs()));
    return node;
  }

  private static ObjectNode steps(StepCurves steps) {
    ObjectNode node = JSON.createObjectNode();
    node.put("metric", steps.metric());
    node.put("labelsPerClass", steps.labelsPerClass());
    ObjectNode curves = node.putObject("curves");
    steps
        .curves()
        .forEach(
            (strategy, curve) -> {
              ArrayNode points = curves.putArray(strategy);
              curve.forEach((step, e) -> points.add(estimate(e).put("step", step.intValue())));
            });
    return node;
  }

  private static ObjectNode row(Comparison<Story.Row> row) {
    ObjectNode node = JSON.createObjectNode();
    node.put("strategy", row.row().strategy());
    node.put("labelsPerClass", row.row().labelsPerClass());
    node.put("verdict", row.verdict().words());
    node.put("effect", row.size().word());
    node.set("gain", estimate(row.gain()));
    node.put("dz", row.dz());
    node.put("p", row.pValue().orElse(null));
    node.put("pAdjusted", row.adjusted().orElse(null));
    node.put("pSignFlip", row.signFlip().orElse(null));
    return node;
  }

  private static ObjectNode gains(TransferGains g) {
    ObjectNode node = JSON.createObjectNode();
    node.set("jumpstart", estimate(g.jumpstart()));
    node.set("slope", estimate(g.slope()));
    node.set("asymptote", estimate(g.asymptote()));
    node.set("areaRatio", estimate(g.areaRatio()));
    node.put("target", g.target());
    if (g.labelsToTarget().isPresent()) {
      node.put("labelsToTarget", g.labelsToTarget().getAsDouble());
    } else {
      node.putNull("labelsToTarget");
    }
    return node;
  }

  static ObjectNode estimate(Estimate e) {
    return JSON.createObjectNode()
        .put("n", e.n())
        .put("mean", e.mean())
        .put("low", e.low())
        .put("high", e.high());
  }
}
