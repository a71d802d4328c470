package dev.graft.benchmarks.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.backend.Precision;
import dev.graft.data.DataException;
import dev.graft.transfer.Strategies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** Reads suite files and checks them as a whole before anything runs. */
public final class SuiteReader {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final List<String> METRICS = List.of("accuracy", "macro-f1");

  private final Path root;
  private final Strategies strategies;
  private final Backends backends;
  private final List<String> problems = new ArrayList<>();

  private SuiteReader(Path root, Strategies strategies, Backends backends) {
    this.root = root;
    this.strategies = strategies;
    this.backends = backends;
  }

  /**
   * Reads a suite with what the class path offers.
   *
   * @param dataRoot the folder that paths of data and models are relative to; empty for the file's
   *     own
   * @throws DataException if it is no YAML, or anything in it is unknown, missing or out of range;
   *     the message lists all of it
   */
  public static SuiteFile read(Path file, Optional<Path> dataRoot) throws IOException {
    return read(file, dataRoot, Strategies.discover(), Backends.discover());
  }

  static SuiteFile read(
      Path file, Optional<Path> dataRoot, Strategies strategies, Backends backends)
      throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new DataException("there is no suite file " + file);
    }
    JsonNode tree;
    try {
      tree = YAML.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new DataException(
          file
              + " is no valid YAML, line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + ": "
              + e.getOriginalMessage(),
          e);
    }
    Path folder = file.toAbsolutePath().getParent();
    SuiteReader reader = new SuiteReader(dataRoot.orElse(folder), strategies, backends);
    SuiteFile suite = reader.suite(new YamlNode(tree, "", reader.problems));
    if (!reader.problems.isEmpty()) {
      throw new DataException(
          "suite file " + file + " cannot be used:\n  - " + String.join("\n  - ", reader.problems));
    }
    return suite;
  }

  private SuiteFile suite(YamlNode top) {
    top.allow(
        "suite",
        "title",
        "description",
        "metric",
        "baseline",
        "models",
        "data",
        "strategies",
        "backends",
        "labelsPerClass",
        "seeds",
        "training",
        "workers",
        "threads",
        "fairness",
        "warnings");
    String name = top.text("suite");
    String metric = top.text("metric", METRICS.get(0));
    if (!METRICS.contains(metric)) {
      top.at("metric").problem("'" + metric + "' is none of " + METRICS);
    }
    List<SuiteFile.Arm> arms = ArmReader.read(top, strategies);
    SuiteFile suite =
        new SuiteFile(
            name,
            top.text("title", "Did transfer help?"),
            top.text("description", ""),
            metric,
            top.text("baseline", "from-scratch"),
            top.required("models", n -> ModelReader.read(n, root)),
            top.required("data", n -> DataReader.read(n, root)),
            arms,
            top.has("backends") ? top.required("backends", this::engine) : preferred(top),
            labels(top),
            seeds(top),
            top.whole("workers", 1, 1),
            top.whole("threads", 0, 0),
            top.texts("fairness"),
            top.texts("warnings"));
    distinct(top.at("models"), suite.models().stream().map(SuiteFile.Model::name).toList());
    distinct(top.at("data"), suite.data().stream().map(SuiteFile.Data::name).toList());
    distinct(top.at("strategies"), arms.stream().map(SuiteFile.Arm::name).toList());
    return suite;
  }

  private static void distinct(YamlNode where, List<String> names) {
    Set<String> seen = new HashSet<>();
    names.stream()
        .filter(n -> !seen.add(n))
        .forEach(n -> where.problem("'" + n + "' is there twice"));
  }

  private List<SuiteFile.Engine> preferred(YamlNode top) {
    try {
      return List.of(new SuiteFile.Engine(backends.preferred().name(), Place.CPU));
    } catch (RuntimeException e) {
      top.problem(e.getMessage());
      return List.of();
    }
  }

  private SuiteFile.Engine engine(YamlNode node) {
    String name = node.node().isTextual() ? node.asText() : node.text("name");
    String device = "cpu";
    String precision = "fp32";
    if (!node.node().isTextual()) {
      node.allow("name", "device", "precision");
      device = node.text("device", device);
      precision = node.text("precision", precision);
    }
    try {
      BackendProvider provider = backends.get(name);
      Device parsed = Device.parse(device);
      if (!provider.availability().devices().contains(parsed)) {
        node.problem(
            "backend '"
                + name
                + "' has no device "
                + parsed
                + " here; it has "
                + provider.availability().devices()
                + provider.availability().problem().map(p -> ". " + p).orElse(""));
      }
      return new SuiteFile.Engine(name, new Place(parsed, Precision.parse(precision)));
    } catch (RuntimeException e) {
      node.problem(e.getMessage());
      return new SuiteFile.Engine(name, Place.CPU);
    }
  }

  private static List<Integer> labels(YamlNode top) {
    if (!top.has("labelsPerClass")) {
      return List.of(Cell.ALL);
    }
    return top.required(
        "labelsPerClass", n -> n.node().asText().equals("all") ? Cell.ALL : n.asWhole(1));
  }

  /** A number of seeds, counted from 0, or a list of them. */
  private static List<Long> seeds(YamlNode top) {
    if (top.has("seeds") && top.at("seeds").node().isArray()) {
      List<Long> seeds = top.required("seeds", n -> (long) n.asWhole(0));
      distinct(top.at("seeds"), seeds.stream().map(Object::toString).toList());
      return seeds;
    }
    return LongStream.range(0, top.whole("seeds", 10, 1)).boxed().toList();
  }
}
