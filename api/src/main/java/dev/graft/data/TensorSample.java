package dev.graft.data;

import dev.graft.tensor.HostTensor;

/** Numbers without a batch axis, such as a row of a table or a feature vector. */
public record TensorSample(HostTensor values) implements Sample {}
