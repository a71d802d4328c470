package dev.graft.train;

import dev.graft.data.Targets;
import dev.graft.graph.GraphException;
import dev.graft.model.GraphModel;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be trained, on what, and how: everything that decides the result, apart from the seed
 * and the engine.
 *
 * @param model the forward graph with its parameters; its outputs are the objective's
 * @param objective what to minimise
 * @param groups the trainable parameters; all others are frozen
 * @param batchNorm what batch normalisation does
 * @param settings epochs, batch size, optimizer and schedule
 * @param train the training examples
 * @param validation examples for early stopping; without them the last parameters are kept
 */
public record TrainingPlan(
    GraphModel model,
    Objective objective,
    List<ParameterGroup> groups,
    BatchNormPolicy batchNorm,
    TrainingSettings settings,
    Part train,
    Optional<Part> validation) {

  /** Examples with their targets, position by position. */
  public record Part(Examples examples, Targets targets) {
    public Part {
      if (examples.size() != targets.size()) {
        throw new IllegalArgumentException(
            examples.size() + " examples but " + targets.size() + " targets");
      }
    }

    public int size() {
      return examples.size();
    }
  }

  public TrainingPlan {
    groups = List.copyOf(groups);
    Set<String> seen = new HashSet<>();
    for (ParameterGroup group : groups) {
      for (String name : group.parameters()) {
        if (!model.parameters().has(name)) {
          throw new GraphException(
              "group '" + group.name() + "' names '" + name + "', which is no parameter");
        }
        if (!seen.add(name)) {
          throw new GraphException("parameter '" + name + "' is in two groups");
        }
      }
    }
    if (seen.isEmpty()) {
      throw new GraphException("nothing is trainable: every parameter is frozen");
    }
    if (train.size() == 0) {
      throw new IllegalArgumentException("there is no training example");
    }
  }

  /** The names of all trainable parameters. */
  public Set<String> trainable() {
    Set<String> all = new HashSet<>();
    groups.forEach(g -> all.addAll(g.parameters()));
    return all;
  }
}
