package dev.graft.model;

import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;

/**
 * Computes features with a frozen network: a cut {@link GraphModel} on some backend, or an engine's
 * own model. It only runs; fine-tuning needs a {@link GraphModel}. Thread-safe. Whoever opened it
 * closes it.
 */
public interface FeatureExtractor extends AutoCloseable {
  /** The inputs of one batch by name; the first axis is the batch. */
  Map<String, TensorType> inputs();

  /** The features of one batch; the first axis is the batch. */
  TensorType output();

  /**
   * A digest of all that decides the features of an example: graph and weights, and backend,
   * version, device and precision.
   */
  String fingerprint();

  /** The features of one batch. */
  HostTensor run(Map<String, HostTensor> batch);

  @Override
  void close();
}
