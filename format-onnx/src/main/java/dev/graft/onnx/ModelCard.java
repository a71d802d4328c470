package dev.graft.onnx;

import dev.graft.graph.Graph;
import dev.graft.graph.Role;
import dev.graft.model.Provenance;
import dev.graft.transfer.Output;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferredModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tells people what a bundle holds, where it comes from and how well it did, in Markdown. */
final class ModelCard {
  /** More names than this tell nobody anything. */
  private static final int MOST_NAMES = 50;

  private ModelCard() {}

  static String of(TransferredModel model, Path bundle) {
    Summary summary = model.summary();
    Provenance provenance = model.provenance();
    Graph graph = model.model().graph();
    StringBuilder card = new StringBuilder();
    line(card, "# %s", bundle.getFileName());
    line(card, "");
    line(
        card,
        "A model that %s, made by %s of `%s`, cut at `%s`.",
        purpose(model.output()),
        summary.strategy(),
        summary.model(),
        summary.cut());
    line(card, "");
    line(card, "## What goes in and out");
    line(card, "");
    graph.inputs(Role.BATCH).forEach(i -> line(card, "- input `%s`: `%s`", i.name(), i.type()));
    graph.outputs().forEach(o -> line(card, "- output `%s`: `%s`", o, graph.type(o)));
    line(
        card,
        "- preprocessing `%s`: `%s`",
        model.preprocessing().type(),
        new TreeMap<>(model.preprocessing().settings()));
    line(card, "- %s: %s", model.output().kind(), names(model.output().names()));
    line(card, "");
    line(card, "## Where it comes from");
    line(card, "");
    line(card, "- pre-trained network: %s (`%s`)", provenance.source(), provenance.fingerprint());
    line(card, "- trained on: %s", provenance.trainedOn().orElse("not known"));
    if (!provenance.trainedClasses().isEmpty()) {
      line(card, "- its classes: %s", names(provenance.trainedClasses()));
    }
    provenance.history().forEach((key, value) -> line(card, "- %s: %s", key, value));
    line(
        card,
        "- parameters: %,d, of which %,d were trained",
        summary.parameters(),
        summary.trainable());
    line(card, "");
    line(card, "## How well it did");
    line(card, "");
    if (model.metrics().isEmpty()) {
      line(card, "Nothing was measured.");
    }
    new TreeMap<>(model.metrics()).forEach((name, value) -> line(card, "- %s: %.4f", name, value));
    line(card, "");
    line(card, "## Limits");
    line(card, "");
    line(
        card,
        "- It learned from %s examples; what is unlike them gets an answer all the same.",
        provenance.history().getOrDefault("training examples", "an unknown number of"));
    line(
        card,
        "- Numbers of `validation` are of data that may have decided when to stop, not of a test.");
    summary.notes().forEach(note -> line(card, "- %s", note));
    line(card, "");
    line(card, "## Licence");
    line(card, "");
    line(
        card,
        "The weights derive from `%s` and the data from `%s`; their licences apply to this model,"
            + " too.",
        provenance.source(),
        provenance.history().getOrDefault("data", "an unknown source"));
    return card.toString();
  }

  private static String purpose(Output output) {
    int names = output.names().size();
    return switch (output.kind()) {
      case "classes" -> "tells " + names + " classes apart";
      case "labels" -> "finds which of " + names + " labels apply";
      case "numbers" -> "predicts " + String.join(", ", output.names());
      case "token-classes" -> "tags words with " + names + " classes";
      default -> "finds answers in passages";
    };
  }

  private static String names(List<String> names) {
    String some = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return names.size() > MOST_NAMES
        ? some + ", and " + (names.size() - MOST_NAMES) + " more"
        : some;
  }

  private static void line(StringBuilder card, String format, Object... values) {
    card.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
