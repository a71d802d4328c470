package dev.graft.train;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Trainable parameters that share a learning rate, which is a scalar input of the training graph.
 *
 * @param name such as {@code backbone} or {@code head}
 * @param parameters names of state inputs of the model
 * @param rateFactor the group's learning rate as a part of the schedule's
 * @param pretrained whether the parameters come from pre-training, so that decay may pull them back
 *     there
 * @param relative whether AdamW's rate counts in units of each parameter's root mean square at the
 *     start, so that one rate fits layers of any scale (Shazeer and Stern 2018, section 8)
 * @param firstEpoch the epoch, from 0, before which the group is frozen
 */
public record ParameterGroup(
    String name,
    Set<String> parameters,
    double rateFactor,
    boolean pretrained,
    boolean relative,
    int firstEpoch) {
  public ParameterGroup {
    // Sorted, for sums over gradients depend on the order, and that of a set may be another one in
    // every process.
    parameters = Collections.unmodifiableSortedSet(new TreeSet<>(parameters));
    if (!(rateFactor >= 0)) {
      throw new IllegalArgumentException("rateFactor of group '" + name + "': " + rateFactor);
    }
    if (firstEpoch < 0) {
      throw new IllegalArgumentException("firstEpoch of group '" + name + "': " + firstEpoch);
    }
  }

  /** New parameters, trained from the first epoch on. */
  public ParameterGroup(String name, Set<String> parameters, double rateFactor) {
    this(name, parameters, rateFactor, false, false, 0);
  }

  /** Whether the group is trained in an epoch, counted from 0. */
  public boolean isActive(int epoch) {
    return epoch >= firstEpoch;
  }
}
