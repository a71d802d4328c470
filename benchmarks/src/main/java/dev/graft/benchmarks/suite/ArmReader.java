package dev.graft.benchmarks.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.benchmarks.suite.SuiteFile.Network;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Strategies;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Reads the strategies of a suite file, and how each is trained. */
final class ArmReader {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String STEPS = "steps";

  private ArmReader() {}

  /** The items of {@code strategies}, with {@code training} of their own over the common one. */
  static List<SuiteFile.Arm> read(YamlNode top, Strategies strategies) {
    Training common = training(top, new Training(TrainingSettings.DEFAULT, OptionalInt.empty()));
    return top.required("strategies", n -> arm(n, common, strategies));
  }

  private static SuiteFile.Arm arm(YamlNode node, Training common, Strategies strategies) {
    boolean only = node.node().isTextual();
    String name = only ? node.asText() : node.text("name");
    String strategy = only ? name : node.text("strategy", name);
    if (!only) {
      node.allow("name", "strategy", "model", "cut", "training");
    }
    try {
      strategies.get(strategy, Inductive.class);
    } catch (RuntimeException e) {
      node.problem(e.getMessage());
    }
    Optional<Network.Named> network =
        node.has("model") ? Optional.of(ModelReader.named(node)) : Optional.empty();
    Training training = training(node, common);
    Optional<String> cut = node.optional("cut");
    return new SuiteFile.Arm(name, strategy, network, cut, training.settings(), training.steps());
  }

  private record Training(TrainingSettings settings, OptionalInt steps) {}

  /** The settings that a node overrides; every component of the settings is a key. */
  private static Training training(YamlNode parent, Training common) {
    if (!parent.has("training")) {
      return common;
    }
    YamlNode node = parent.at("training");
    ObjectNode all = JSON.valueToTree(common.settings());
    if (!node.node().isObject()) {
      node.allow(STEPS);
      return common;
    }
    OptionalInt steps =
        node.has(STEPS)
            ? OptionalInt.of(node.whole(STEPS, 1, 1))
            : node.has("epochs") ? OptionalInt.empty() : common.steps();
    if (node.has(STEPS) && node.has("epochs")) {
      node.problem("give 'steps' or 'epochs', not both");
    }
    override(all, node, STEPS);
    try {
      return new Training(JSON.treeToValue(all, TrainingSettings.class), steps);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      node.problem(cause.getMessage().lines().findFirst().orElse("cannot be read"));
      return common;
    }
  }

  /** Puts the values of a node over those of a tree, part by part; unknown keys are reported. */
  private static void override(ObjectNode tree, YamlNode node, String... more) {
    Set<String> keys = new TreeSet<>(List.of(more));
    tree.fieldNames().forEachRemaining(keys::add);
    node.allow(keys);
    for (Map.Entry<String, JsonNode> known : tree.properties()) {
      if (!node.has(known.getKey())) {
        continue;
      }
      if (known.getValue() instanceof ObjectNode part) {
        YamlNode inner = node.at(known.getKey());
        if (inner.node().isObject()) {
          override(part, inner);
        } else {
          inner.problem("must be a map with keys, but is " + inner.node());
        }
      } else {
        known.setValue(node.at(known.getKey()).node());
      }
    }
  }
}
