package dev.graft.strategies.inductive;

import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.edit.LowRankAdapters;
import dev.graft.graph.edit.Parameter;
import dev.graft.graph.edit.Parameter.Kind;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.random.Seed;
import dev.graft.train.ParameterGroup;
import dev.graft.train.Tuning;
import dev.graft.train.Tuning.Method;
import dev.graft.transfer.StrategyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What fine-tuning trains, and how fast: the settings applied to a network.
 *
 * @param model the network to train: the original one, with adapters where these are asked for
 * @param groups the trainable parameters
 * @param original the network without adapters
 * @param adapters those that are trained; empty for none
 */
record TunedParameters(
    GraphModel model,
    List<ParameterGroup> groups,
    GraphModel original,
    Optional<LowRankAdapters> adapters) {
  private static final String HEAD = "head";

  /**
   * Chooses the parameters.
   *
   * @param model the pre-trained network with its new head
   * @param head the names of the head's parameters, which are always trained
   * @param fitted whether the head was fitted to the frozen network already; then it is no more to
   *     be rushed than the network is
   */
  static TunedParameters of(
      GraphModel model, Set<String> head, boolean fitted, Tuning tuning, Seed seed) {
    Parameters parameters = Parameters.of(model.graph());
    Set<String> unfrozen = unfrozen(parameters, tuning);
    unfrozen.removeAll(head);
    boolean relative = fitted && tuning.relativeRates();
    ParameterGroup newHead = new ParameterGroup(HEAD, head, 1, false, relative, 0);
    if (tuning.method() == Method.LORA) {
      LowRankAdapters adapters = adapters(model.graph(), parameters, unfrozen, tuning.lora());
      GraphModel adapted =
          new GraphModel(
              adapters.graph(), model.parameters().with(adapters.initial(seed.derive("adapters"))));
      ParameterGroup group = new ParameterGroup("adapters", adapters.parameters(), 1);
      return new TunedParameters(adapted, List.of(newHead, group), model, Optional.of(adapters));
    }
    if (tuning.method() == Method.BIASES) {
      unfrozen.retainAll(
          parameters.select(p -> p.kind() == Kind.BIAS || p.kind() == Kind.NORM_BIAS));
      if (unfrozen.isEmpty()) {
        throw new StrategyException("the network has no biases that are not frozen");
      }
    }
    List<ParameterGroup> groups = new ArrayList<>(List.of(newHead));
    groups.addAll(layers(parameters, unfrozen, tuning));
    return new TunedParameters(model, groups, model, Optional.empty());
  }

  /** Whether the head alone is trained. */
  boolean onlyHead() {
    return groups.size() == 1;
  }

  /** The number of elements that are trained. */
  long elements() {
    return groups.stream()
        .flatMap(g -> g.parameters().stream())
        .mapToLong(name -> model.parameters().get(name).size())
        .sum();
  }

  /** A trained network in the original architecture, adapters merged into the weights. */
  GraphModel merged(GraphModel trained) {
    ParameterStore values =
        adapters.map(a -> a.merge(trained.parameters())).orElse(trained.parameters());
    return new GraphModel(original.graph(), values);
  }

  /** The parameters that the settings do not freeze. */
  private static Set<String> unfrozen(Parameters parameters, Tuning tuning) {
    int layers = parameters.layers();
    int frozen = tuning.freezeLayers();
    if (frozen >= layers || frozen < -layers) {
      throw new StrategyException(
          "freezeLayers is "
              + frozen
              + ", but the network has only "
              + layers
              + " layers with the head");
    }
    Set<String> unfrozen =
        new LinkedHashSet<>(parameters.trainableFrom(frozen < 0 ? layers + frozen : frozen));
    tuning.freeze().forEach(pattern -> unfrozen.removeAll(parameters.matching(pattern)));
    return unfrozen;
  }

  private static LowRankAdapters adapters(
      Graph graph, Parameters parameters, Set<String> unfrozen, Tuning.Lora lora) {
    Set<String> weights = LowRankAdapters.adaptable(graph, lora.rank());
    weights.retainAll(unfrozen);
    if (!lora.weights().isEmpty()) {
      Set<String> wanted = new LinkedHashSet<>();
      lora.weights().forEach(pattern -> wanted.addAll(parameters.matching(pattern)));
      weights.retainAll(wanted);
    }
    if (weights.isEmpty()) {
      throw new StrategyException(
          "there is no weight that adapters of rank "
              + lora.rank()
              + " could be put beside: choose a lower rank or other patterns");
    }
    return LowRankAdapters.insert(graph, weights, lora.rank(), lora.alpha());
  }

  /** One group per layer where rates or first epochs differ, else one for all. */
  private static List<ParameterGroup> layers(
      Parameters parameters, Set<String> unfrozen, Tuning tuning) {
    Map<Integer, Set<String>> byDepth = new LinkedHashMap<>();
    int top = 0;
    for (Parameter p : parameters.all()) {
      if (unfrozen.contains(p.name())) {
        byDepth.computeIfAbsent(p.depth(), d -> new LinkedHashSet<>()).add(p.name());
        top = Math.max(top, p.depth());
      }
    }
    Map<Pace, List<Integer>> paces = new LinkedHashMap<>();
    for (int depth : byDepth.keySet()) {
      paces.computeIfAbsent(Pace.of(depth, top, tuning), p -> new ArrayList<>()).add(depth);
    }
    boolean relative = tuning.relativeRates() && tuning.method() == Method.FULL;
    List<ParameterGroup> groups = new ArrayList<>();
    paces.forEach(
        (pace, depths) -> {
          Set<String> names = new LinkedHashSet<>();
          depths.forEach(d -> names.addAll(byDepth.get(d)));
          String name = paces.size() == 1 ? "backbone" : "layer " + depths.get(0);
          groups.add(
              new ParameterGroup(
                  name, names, pace.rateFactor(), true, relative, pace.firstEpoch()));
        });
    return groups;
  }

  /** How fast a layer is trained, and from which epoch on. */
  private record Pace(double rateFactor, int firstEpoch) {
    static Pace of(int depth, int top, Tuning tuning) {
      double down = top == 0 ? 0 : (top - depth) / (double) top;
      int epochs = tuning.unfreezeEpochs();
      return new Pace(
          tuning.backboneRateFactor() * Math.pow(tuning.lowestRateFactor(), down),
          epochs == 0 ? 0 : 1 + (int) ((long) (top - depth) * epochs / (top + 1)));
    }
  }
}
