package dev.graft.train;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Trainable parameters that share a learning rate, which is a scalar input of the training graph.
 *
 * @param name such as {@code backbone} or {@code head}
 * @param parameters names of state inputs of the model
 * @param rateFactor the group's learning rate as a part of the schedule's
 */
public record ParameterGroup(String name, Set<String> parameters, double rateFactor) {
  public ParameterGroup {
    parameters = Collections.unmodifiableSet(new LinkedHashSet<>(parameters));
    if (!(rateFactor >= 0)) {
      throw new IllegalArgumentException("rateFactor of group '" + name + "': " + rateFactor);
    }
  }
}
