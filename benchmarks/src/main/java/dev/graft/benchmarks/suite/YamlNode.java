package dev.graft.benchmarks.suite;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.graph.Suggestions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A part of a YAML file while it is read. Problems are collected, each with its place, so that a
 * file's author hears of all at once; what is missing or wrong reads as a harmless value.
 *
 * @param node the part
 * @param where its place, for messages; empty at the top
 * @param problems the common list
 */
record YamlNode(JsonNode node, String where, List<String> problems) {

  /** Reports keys that are none of these. */
  YamlNode allow(String... keys) {
    return allow(new TreeSet<>(Arrays.asList(keys)));
  }

  YamlNode allow(Set<String> keys) {
    if (!node.isObject()) {
      problem("must be a map with keys, but is " + node.toString());
      return this;
    }
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!keys.contains(key)) {
                problem(
                    "unknown key '"
                        + key
                        + "'. "
                        + Suggestions.closest(key, keys)
                        + " Allowed: "
                        + String.join(", ", keys)
                        + ".");
              }
            });
    return this;
  }

  void problem(String text) {
    problems.add(where.isEmpty() ? text : where + ": " + text);
  }

  boolean has(String key) {
    return node.has(key);
  }

  YamlNode at(String key) {
    return new YamlNode(node.path(key), where.isEmpty() ? key : where + "." + key, problems);
  }

  /** The items of a list; a single item counts as a list of one. */
  List<YamlNode> items(String key) {
    YamlNode list = at(key);
    if (list.node.isMissingNode()) {
      return List.of();
    }
    if (!list.node.isArray()) {
      return List.of(list);
    }
    List<YamlNode> items = new ArrayList<>();
    for (int i = 0; i < list.node.size(); i++) {
      items.add(new YamlNode(list.node.get(i), list.where + "[" + (i + 1) + "]", problems));
    }
    return items;
  }

  /** The items of a list that must be there. */
  <T> List<T> required(String key, Function<YamlNode, T> read) {
    if (!node.has(key) || (node.get(key).isArray() && node.get(key).isEmpty())) {
      problem("'" + key + "' is missing");
    }
    return items(key).stream().map(read).toList();
  }

  String text(String key) {
    if (!node.has(key)) {
      problem("'" + key + "' is missing");
    }
    return text(key, "?");
  }

  String text(String key, String otherwise) {
    return node.has(key) ? at(key).asText() : otherwise;
  }

  Optional<String> optional(String key) {
    return node.has(key) ? Optional.of(at(key).asText()) : Optional.empty();
  }

  List<String> texts(String key) {
    return items(key).stream().map(YamlNode::asText).toList();
  }

  String asText() {
    if (!node.isValueNode()) {
      problem("must be a text, but is " + node);
    }
    return node.asText();
  }

  int whole(String key, int otherwise, int least) {
    if (!node.has(key)) {
      return otherwise;
    }
    return at(key).asWhole(least);
  }

  int asWhole(int least) {
    if (!node.isInt() || node.intValue() < least) {
      problem("must be a whole number from " + least + ", but is " + node);
      return least;
    }
    return node.intValue();
  }

  double number(String key, double otherwise) {
    if (!node.has(key)) {
      return otherwise;
    }
    if (!node.get(key).isNumber()) {
      at(key).problem("must be a number, but is " + node.get(key));
      return otherwise;
    }
    return node.get(key).doubleValue();
  }

  /** True or false; false where it is not there. */
  boolean flag(String key) {
    if (node.has(key) && !node.get(key).isBoolean()) {
      at(key).problem("must be true or false, but is " + node.get(key));
    }
    return node.path(key).asBoolean();
  }

  /** A file or folder that must be there, taken relative to a folder. */
  Path path(String key, Path folder) {
    Path path = folder.resolve(text(key)).normalize();
    if (node.has(key) && !Files.exists(path)) {
      at(key).problem("there is no file or folder " + path);
    }
    return path;
  }
}
