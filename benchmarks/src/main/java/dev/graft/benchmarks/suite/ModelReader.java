package dev.graft.benchmarks.suite;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.benchmarks.suite.SuiteFile.Network;
import dev.graft.data.DataException;
import dev.graft.data.Preprocessings;
import dev.graft.model.ModelFormatException;
import dev.graft.model.NamedModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads an item of a suite file's {@code models}. */
final class ModelReader {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ModelReader() {}

  /**
   * @param root the folder that paths are relative to
   */
  static SuiteFile.Model read(YamlNode node, Path root) {
    return new SuiteFile.Model(
        node.text("name"),
        node.has("model") ? named(node.allow("name", "model", "cut")) : file(node, root),
        node.optional("cut"));
  }

  /** The network that a node's {@code model} names. */
  static Network.Named named(YamlNode node) {
    String name = node.text("model");
    try {
      NamedModels.discover().get(name);
    } catch (ModelFormatException e) {
      node.at("model").problem(e.getMessage());
    }
    return new Network.Named(name);
  }

  private static Network file(YamlNode node, Path root) {
    node.allow("name", "file", "model", "cut", "preprocessing", "trainedOn", "classes");
    Path file = node.path("file", root);
    YamlNode preprocessing = node.at("preprocessing");
    String type = "?";
    Map<String, Object> settings = Map.of();
    if (!node.has("preprocessing") || !preprocessing.node().isObject()) {
      node.problem("'preprocessing' is missing; for example {type: image, size: 224}");
    } else {
      type = preprocessing.text("type", "image");
      ObjectNode rest = ((ObjectNode) preprocessing.node()).deepCopy();
      rest.remove("type");
      settings = map(rest);
      attempt(preprocessing, type, settings, file.resolveSibling(""));
    }
    return new Network.OfFile(
        file, type, settings, node.optional("trainedOn"), classes(node, root));
  }

  private static void attempt(
      YamlNode where, String type, Map<String, Object> settings, Path folder) {
    try {
      Preprocessings.read(type, settings, folder);
    } catch (DataException e) {
      where.problem(e.getMessage());
    }
  }

  @SuppressWarnings("unchecked") // an object node becomes a map from texts
  private static Map<String, Object> map(ObjectNode node) {
    return JSON.convertValue(node, Map.class);
  }

  /** Class names as a list, or a file with one name per line. */
  private static List<String> classes(YamlNode node, Path root) {
    if (!node.has("classes") || node.at("classes").node().isArray()) {
      return node.texts("classes");
    }
    Path file = node.path("classes", root);
    try {
      return Files.isRegularFile(file)
          ? Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty()).toList()
          : List.of();
    } catch (IOException e) {
      node.at("classes").problem("cannot read " + file + ": " + e.getMessage());
      return List.of();
    }
  }
}
