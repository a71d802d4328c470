package dev.graft.model;

import dev.graft.backend.Backend;
import dev.graft.backend.Precision;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;
import java.util.TreeMap;

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

  /**
   * A fingerprint in the form that {@link #fingerprint()} promises.
   *
   * @param digest of graph and weights
   * @param backend what runs them, with {@link dev.graft.backend.CompileOptions#INFERENCE} in its
   *     own precision where it is bound to one
   */
  static String fingerprint(String digest, Backend backend) {
    Precision precision =
        backend.precisions().contains(Precision.FLOAT32) ? Precision.FLOAT32 : Precision.BFLOAT16;
    return String.join(
        "/",
        digest,
        backend.name(),
        backend.device().toString(),
        new TreeMap<>(backend.versions()).toString(),
        precision.toString());
  }

  /** The features of one batch. */
  HostTensor run(Map<String, HostTensor> batch);

  @Override
  void close();
}
