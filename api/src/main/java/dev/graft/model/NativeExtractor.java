package dev.graft.model;

import dev.graft.backend.EngineCalls;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A model of an engine's own format as a feature extractor: one input and one output of {@code
 * FLOAT32}, whose first axis is the batch.
 */
public final class NativeExtractor implements FeatureExtractor {
  private final String name;
  private final String inputName;
  private final TensorType input;
  private final TensorType output;
  private final String fingerprint;
  private final Network network;

  /** The engine's part. Thread-safe. */
  public interface Network extends AutoCloseable {
    /**
     * The features of one batch.
     *
     * @throws ModelFormatException if the model does not run on it
     */
    HostTensor features(HostTensor examples);

    @Override
    void close();
  }

  /**
   * Runs one example of zeros, to learn the type of the output.
   *
   * @param name what messages call the model
   * @param example the shape of one example, without the batch
   * @param fingerprint as {@link FeatureExtractor#fingerprint(String, dev.graft.backend.Backend)}
   * @param network is closed with this, and if this fails
   */
  public NativeExtractor(
      String name, String inputName, Shape example, String fingerprint, Network network) {
    this.name = name;
    this.inputName = inputName;
    this.input = batchOf(example);
    this.fingerprint = fingerprint;
    this.network = network;
    try {
      HostTensor one = HostTensor.full(input.withShape(input.shape().with(0, Dim.of(1))), 0);
      List<Dim> dims = network.features(one).shape().dims();
      if (dims.size() < 2 || !dims.get(0).equals(Dim.of(1))) {
        throw new ModelFormatException(
            name + " gives " + dims + " for a batch of one; features begin with the batch");
      }
      this.output = batchOf(new Shape(dims.subList(1, dims.size())));
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static TensorType batchOf(Shape example) {
    List<Dim> dims = new ArrayList<>(List.of(Dim.symbol("batch")));
    dims.addAll(example.dims());
    return new TensorType(DType.FLOAT32, new Shape(dims));
  }

  @Override
  public Map<String, TensorType> inputs() {
    return Map.of(inputName, input);
  }

  @Override
  public TensorType output() {
    return output;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public HostTensor run(Map<String, HostTensor> batch) {
    HostTensor examples = batch.get(inputName);
    if (examples == null || batch.size() != 1) {
      throw new IllegalArgumentException(
          name + " takes '" + inputName + "' alone, but was given " + batch.keySet());
    }
    return EngineCalls.call(() -> network.features(examples));
  }

  @Override
  public void close() {
    network.close();
  }
}
