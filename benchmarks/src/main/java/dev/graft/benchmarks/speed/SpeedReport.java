package dev.graft.benchmarks.speed;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.benchmarks.report.Page;
import dev.graft.benchmarks.report.Reports;
import dev.graft.benchmarks.suite.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A comparison of backends as a page with bars, as Markdown and as JSON. */
final class SpeedReport {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final List<SpeedResult> results;
  private final List<String> notes;
  private final Environment environment;
  private final BackendComparison.Options options;

  private SpeedReport(
      List<SpeedResult> results,
      List<String> notes,
      Environment environment,
      BackendComparison.Options options) {
    this.results = results;
    this.notes = notes;
    this.environment = environment;
    this.options = options;
  }

  static void write(
      Path directory,
      List<SpeedResult> results,
      List<String> notes,
      Environment environment,
      BackendComparison.Options options)
      throws IOException {
    SpeedReport report = new SpeedReport(results, notes, environment, options);
    Reports.replace(directory.resolve("speed.json"), report.json());
    Reports.replace(directory.resolve("speed.md"), report.markdown());
    Reports.replace(directory.resolve("speed.html"), report.html());
  }

  // --- HTML

  private String html() {
    Page page = new Page("Which backend is fastest here?");
    page.add("<header><p class=\"kicker\">Graft benchmark · backends</p>");
    page.add("<h1>Which backend is fastest here?</h1>");
    page.add("<p class=\"lead\">%s</p>", headline());
    page.add("<p>%s</p></header>", method());
    List<String> problems = problems();
    if (!problems.isEmpty()) {
      page.add("<aside class=\"callout\"><h2>What could not be measured</h2>");
      page.list(problems);
      page.add("</aside>");
    }
    for (Workload workload : options.workloads()) {
      workload(page, workload);
    }
    page.add("<section class=\"card\"><h2>Where it ran</h2>");
    page.environment(environment);
    page.add("</section><section class=\"card\"><h2>Run it again</h2>");
    page.commands(List.of(command()));
    page.add("</section>");
    return page.finish();
  }

  private void workload(Page page, Workload workload) {
    List<SpeedResult> of = of(workload);
    page.add("<section class=\"card\"><h2>%s</h2>", workload.title());
    page.add("<p class=\"sub\">training on batches of %s</p>", workload.batch());
    for (Measure measure : Measure.values()) {
      bars(page, of, measure);
    }
    compiling(page, of);
    List<QuotedPeer> quoted = QuotedPeer.of(workload.key());
    boolean pytorch =
        of.stream()
            .anyMatch(
                r ->
                    r.contender().startsWith("PyTorch")
                        && r.milliseconds().containsKey(Measure.STEP));
    if (!pytorch && !quoted.isEmpty()) {
      page.add(
          "<h3>Peers, measured elsewhere</h3><p class=\"note\">Training step on another 2-core"
              + " machine, not in this run; do not take ratios with the bars above.</p><table>"
              + "<tbody>");
      for (QuotedPeer q : quoted) {
        page.add("<tr><th scope=\"row\">%s</th><td>%s</td></tr>", q.peer(), time(q.milliseconds()));
      }
      page.add("</tbody></table>");
    }
    page.add("</section>");
  }

  private static void bars(Page page, List<SpeedResult> results, Measure measure) {
    List<SpeedResult> measured =
        results.stream().filter(r -> r.milliseconds().containsKey(measure)).toList();
    if (measured.isEmpty()) {
      return;
    }
    double longest = measured.stream().mapToDouble(r -> median(r, measure)).max().orElse(1);
    page.add("<h3>%s</h3><table class=\"bars\"><tbody>", measure.title());
    for (SpeedResult r : measured) {
      page.add(
          "<tr><th scope=\"row\">%s</th><td class=\"track\"><div class=\"fill %s\""
              + " style=\"width:%s%%\"></div></td><td>%s<br><small>%s</small></td></tr>",
          label(r),
          r.peer() ? "peer" : "own",
          String.format(Locale.ROOT, "%.1f", Math.max(0.6, 100 * median(r, measure) / longest)),
          time(median(r, measure)),
          ratio(results, r, measure).orElse(""));
    }
    page.add("</tbody></table>");
  }

  private static void compiling(Page page, List<SpeedResult> results) {
    page.add(
        "<h3>Before the first result</h3><table><thead><tr><th scope=\"col\"></th>"
            + "<th scope=\"col\">compile step</th><th scope=\"col\">peak memory</th>"
            + "<th scope=\"col\">agrees</th></tr></thead><tbody>");
    for (SpeedResult r : measured(results)) {
      Double seconds = r.compileSeconds().get(Measure.STEP);
      page.add(
          "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td class=\"left\">%s</td></tr>",
          label(r),
          seconds == null ? "–" : String.format(Locale.ROOT, "%.2f s", seconds),
          r.peakMemoryMiB() == 0 ? "–" : String.format(Locale.ROOT, "%.0f MiB", r.peakMemoryMiB()),
          agreement(r));
    }
    page.add("</tbody></table>");
  }

  // --- Markdown and JSON

  private String markdown() {
    StringBuilder s = new StringBuilder("# Which backend is fastest here?\n\n");
    s.append("**").append(headline()).append("**\n\n").append(method()).append("\n");
    for (Workload workload : options.workloads()) {
      s.append("\n## ").append(workload.title()).append("\n\n| contender |");
      for (Measure m : Measure.values()) {
        s.append(' ').append(m.title()).append(" |");
      }
      s.append(" compile | peak memory | agrees |\n|---|---:|---:|---:|---:|---:|---:|---|\n");
      for (SpeedResult r : measured(of(workload))) {
        s.append("| ").append(label(r)).append(" |");
        for (Measure m : Measure.values()) {
          s.append(' ').append(cell(workload, r, m)).append(" |");
        }
        Double seconds = r.compileSeconds().get(Measure.STEP);
        s.append(
            String.format(
                Locale.ROOT,
                " %s | %.0f MiB | %s |%n",
                seconds == null ? "–" : String.format(Locale.ROOT, "%.2f s", seconds),
                r.peakMemoryMiB(),
                agreement(r)));
      }
    }
    List<String> problems = problems();
    if (!problems.isEmpty()) {
      s.append("\n## What could not be measured\n\n");
      problems.forEach(p -> s.append("- ").append(p).append('\n'));
    }
    s.append("\n## Where it ran\n\n- ").append(environment.processor());
    s.append(", ").append(environment.processors()).append(" processors\n- ");
    s.append(environment.system()).append(", Java ").append(environment.java());
    return s.append("\n\n```\n").append(command()).append("\n```\n").toString();
  }

  private String cell(Workload workload, SpeedResult r, Measure m) {
    return r.milliseconds().containsKey(m)
        ? time(median(r, m)) + ratio(of(workload), r, m).map(x -> " (" + x + ")").orElse("")
        : "–";
  }

  private String json() throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("headline", headline());
    root.put("method", method());
    ArrayNode list = root.putArray("results");
    for (SpeedResult r : results) {
      ObjectNode node = list.addObject();
      node.put("workload", r.workload());
      node.put("contender", r.contender());
      node.put("precision", r.precision());
      node.put("peer", r.peer());
      node.set("versions", JSON.valueToTree(r.versions()));
      node.set("compileSeconds", JSON.valueToTree(r.compileSeconds()));
      node.set("milliseconds", JSON.valueToTree(r.milliseconds()));
      node.put("peakMemoryMiB", r.peakMemoryMiB());
      node.set("agreement", JSON.valueToTree(r.agreement().orElse(null)));
      node.set("problems", JSON.valueToTree(r.problems()));
    }
    root.set("quotedFromAnotherMachine", JSON.valueToTree(QuotedPeer.ALL));
    root.set("environment", JSON.valueToTree(environment));
    root.set("notes", JSON.valueToTree(notes));
    return JSON.writeValueAsString(root) + "\n";
  }

  // --- in words

  /** The fastest of Graft's backends per workload. */
  private String headline() {
    Map<String, List<String>> wins = new LinkedHashMap<>();
    for (Workload workload : options.workloads()) {
      of(workload).stream()
          .filter(r -> !r.peer() && r.milliseconds().containsKey(Measure.STEP))
          .min((a, b) -> Double.compare(median(a, Measure.STEP), median(b, Measure.STEP)))
          .ifPresent(
              r -> wins.computeIfAbsent(label(r), l -> new ArrayList<>()).add(workload.title()));
    }
    Set<String> own = new TreeSet<>();
    results.stream()
        .filter(r -> !r.peer() && !r.milliseconds().isEmpty())
        .forEach(r -> own.add(label(r)));
    if (own.size() == 1) {
      return "Only one of Graft's backends ran: " + own.iterator().next() + ".";
    }
    List<String> parts = new ArrayList<>();
    wins.forEach((who, what) -> parts.add(who + " trains " + String.join("; ", what)));
    return parts.isEmpty()
        ? "No backend could train any of the networks."
        : "Fastest training step: " + String.join(". ", parts) + ".";
  }

  private String method() {
    return "Every contender ran in a process of its own on "
        + options.effectiveThreads()
        + " threads, in turns, "
        + options.rounds()
        + " rounds. Times are medians of a run, input already in memory. A factor is the time as a"
        + " multiple of a Python peer's in the same run and precision.";
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>(notes);
    Map<String, Set<String>> who = new LinkedHashMap<>();
    for (SpeedResult r : results) {
      for (String p : r.problems()) {
        who.computeIfAbsent(p, k -> new TreeSet<>()).add(label(r));
      }
    }
    who.forEach((what, names) -> problems.add(String.join(", ", names) + ": " + what));
    return problems;
  }

  private String command() {
    return "./graft bench backends --out DIR" + (options.peers() ? " --peers" : "");
  }

  private List<SpeedResult> of(Workload workload) {
    return results.stream().filter(r -> r.workload().equals(workload.key())).toList();
  }

  private static String label(SpeedResult r) {
    return (r.peer() ? "Python " : "")
        + r.contender()
        + (r.precision().equals("float32") ? "" : " " + r.precision());
  }

  private static double median(SpeedResult r, Measure measure) {
    SpeedResult.Timing timing = r.milliseconds().get(measure);
    if (timing == null) {
      throw new IllegalArgumentException(label(r) + " has no " + measure.title());
    }
    return timing.median();
  }

  private static List<SpeedResult> measured(List<SpeedResult> results) {
    return results.stream().filter(r -> !r.milliseconds().isEmpty()).toList();
  }

  /** The time as a multiple of the peer that a backend is to be held against. */
  private static Optional<String> ratio(List<SpeedResult> results, SpeedResult r, Measure measure) {
    if (r.peer()) {
      return Optional.empty();
    }
    for (Peer peer : counterparts(r.contender(), measure)) {
      for (SpeedResult p : results) {
        if (p.peer()
            && p.contender().equals(peer.title())
            && p.precision().equals(r.precision())
            && p.milliseconds().containsKey(measure)) {
          return Optional.of(
              String.format(
                  Locale.ROOT, "%.2f× %s", median(r, measure) / median(p, measure), peer.title()));
        }
      }
    }
    return Optional.empty();
  }

  /** The same engine in Python where it does the same, else PyTorch, else Keras. */
  private static List<Peer> counterparts(String backend, Measure measure) {
    boolean inference = measure == Measure.INFERENCE_1 || measure == Measure.INFERENCE_32;
    if (backend.equals("onnx") && inference) {
      return List.of(Peer.ONNXRUNTIME);
    }
    return backend.equals("tensorflow")
        ? List.of(Peer.KERAS)
        : backend.equals("djl")
            ? List.of(Peer.PYTORCH_CHANNELS_LAST, Peer.PYTORCH, Peer.PYTORCH_BF16)
            : List.of(Peer.PYTORCH, Peer.PYTORCH_BF16, Peer.KERAS);
  }

  private static String time(double ms) {
    return String.format(Locale.ROOT, ms < 10 ? "%.2f ms" : ms < 100 ? "%.1f ms" : "%.0f ms", ms);
  }

  private static String agreement(SpeedResult r) {
    if (r.agreement().isEmpty()) {
      return r.peer() ? "own weights" : "the reference";
    }
    SpeedResult.Agreement a = r.agreement().get();
    return String.format(
        Locale.ROOT,
        "%s (outputs %.0e, losses %.0e)",
        a.holds() ? "yes" : "no",
        a.outputs(),
        a.losses());
  }
}
