package dev.graft.benchmarks.suite;

import dev.graft.benchmarks.suite.SuiteFile.TestPart;
import dev.graft.data.DataException;
import dev.graft.datasets.DataKind;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.RowImages;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Reads an item of a suite file's {@code data}. */
final class DataReader {
  private static final String EACH = "each";

  private DataReader() {}

  /**
   * @param root the folder that paths are relative to
   */
  static SuiteFile.Data read(YamlNode node, Path root) {
    node.allow(
        "name",
        "train",
        "test",
        "testFraction",
        "testGroup",
        "testExamples",
        "classes",
        "superclasses",
        "images",
        "kind",
        "labelColumn",
        "groupColumn",
        "textColumn");
    DataOptions options = options(node);
    if (node.has("superclasses") && !options.kind().equals(Optional.of(DataKind.CIFAR100))) {
      node.problem("'superclasses' are those of CIFAR-100; 'kind' must be cifar100");
    }
    return new SuiteFile.Data(
        node.text("name"),
        node.path("train", root),
        test(node, root),
        node.has("testExamples")
            ? OptionalInt.of(node.whole("testExamples", 1, 1))
            : OptionalInt.empty(),
        node.texts("classes"),
        node.texts("superclasses"),
        node.has("images") ? images(node.at("images")) : Optional.empty(),
        options);
  }

  private static TestPart test(YamlNode node, Path root) {
    List<String> given =
        List.of("test", "testFraction", "testGroup").stream().filter(node::has).toList();
    if (given.size() > 1) {
      node.problem("give one of " + given + ", not several");
    }
    if (node.has("test")) {
      return new TestPart.Separate(node.path("test", root));
    }
    if (node.has("testGroup")) {
      String group = node.text("testGroup");
      return new TestPart.Group(group.equals(EACH) ? Optional.empty() : Optional.of(group));
    }
    double fraction = node.number("testFraction", 0.3);
    if (!(fraction > 0 && fraction < 1)) {
      node.at("testFraction").problem("must be between 0 and 1, but is " + fraction);
      fraction = 0.3;
    }
    return new TestPart.Share(fraction);
  }

  private static DataOptions options(YamlNode node) {
    DataOptions options = DataOptions.DEFAULTS;
    if (node.has("kind")) {
      options = options.withKind(kind(node.at("kind")));
    }
    if (node.has("labelColumn")) {
      options = options.withLabelColumn(node.text("labelColumn"));
    }
    if (node.has("groupColumn")) {
      options = options.withGroupColumn(node.text("groupColumn"));
    }
    return node.has("textColumn") ? options.withTextColumn(node.text("textColumn")) : options;
  }

  private static DataKind kind(YamlNode node) {
    Function<DataKind, String> spelling = k -> k.name().toLowerCase(Locale.ROOT).replace('_', '-');
    String wanted = node.asText();
    return Arrays.stream(DataKind.values())
        .filter(k -> spelling.apply(k).equals(wanted))
        .findFirst()
        .orElseGet(
            () -> {
              node.problem(
                  "'"
                      + wanted
                      + "' is none of "
                      + Arrays.stream(DataKind.values()).map(spelling).toList());
              return DataKind.IMAGE_FOLDER;
            });
  }

  private static Optional<RowImages> images(YamlNode node) {
    node.allow("width", "height", "black", "white", "byColumns");
    try {
      return Optional.of(
          new RowImages(
              node.whole("width", 1, 1),
              node.whole("height", 1, 1),
              node.number("black", 0),
              node.number("white", 255),
              node.flag("byColumns")));
    } catch (DataException e) {
      node.problem(e.getMessage());
      return Optional.empty();
    }
  }
}
