package dev.graft.graph.edit;

import dev.graft.tensor.TensorType;

/**
 * A value at which a network can be cut into backbone and head.
 *
 * @param value the name to cut at
 * @param type its type, with the batch first
 * @param parametersBelow the number of parameter tensors that remain in the backbone
 * @param reason why it is offered, for people
 */
public record CutPoint(String value, TensorType type, int parametersBelow, String reason) {}
