package dev.graft.graph;

import dev.graft.tensor.TensorType;

/** An input of a graph. For role {@code STATE} the name is the key in the parameter store. */
public record GraphInput(String name, TensorType type, Role role) {}
