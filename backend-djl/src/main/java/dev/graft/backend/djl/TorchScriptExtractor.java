package dev.graft.backend.djl;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import dev.graft.data.ContentDigest;
import dev.graft.model.FeatureExtractor;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A TorchScript module that maps a batch of examples to a batch of features. */
final class TorchScriptExtractor implements FeatureExtractor {
  private static final String INPUT = "input";

  private final DjlBackend backend;
  private final String name;
  private final PtSymbolBlock module;
  private final TensorType input;
  private final TensorType output;
  private final String fingerprint;

  /**
   * @param backend is closed with this
   */
  TorchScriptExtractor(DjlBackend backend, String name, byte[] content, Shape example) {
    this.backend = backend;
    this.name = name;
    this.input = batchOf(example);
    try {
      this.module =
          JniUtils.loadModule(
              backend.newManager(), new ByteArrayInputStream(content), false, false);
    } catch (IOException | EngineException e) {
      throw new ModelFormatException(
          name + " cannot be loaded by PyTorch: " + TorchScriptExtractor.first(e), e);
    }
    JniUtils.enableInferenceMode(module);
    HostTensor one = HostTensor.full(input.withShape(input.shape().with(0, Dim.of(1))), 0);
    HostTensor features = features(one);
    List<Dim> dims = features.shape().dims();
    if (dims.size() < 2 || !dims.get(0).equals(Dim.of(1))) {
      throw new ModelFormatException(
          name + " gives " + features.type() + " for one example, but features have a batch axis");
    }
    this.output = batchOf(new Shape(dims.subList(1, dims.size())));
    this.fingerprint =
        new ContentDigest().add(content).hex()
            + '/'
            + backend.name()
            + '/'
            + backend.device()
            + '/'
            + new TreeMap<>(backend.versions());
  }

  private static TensorType batchOf(Shape example) {
    List<Dim> dims = new ArrayList<>(List.of(Dim.symbol("batch")));
    dims.addAll(example.dims());
    return new TensorType(DType.FLOAT32, new Shape(dims));
  }

  /** What PyTorch says first; a whole trace of its own stack follows. */
  private static String first(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }

  @Override
  public Map<String, TensorType> inputs() {
    return Map.of(INPUT, input);
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
    HostTensor examples = batch.get(INPUT);
    if (examples == null || batch.size() != 1) {
      throw new IllegalArgumentException(
          name + " takes '" + INPUT + "' alone, but was given " + batch.keySet());
    }
    return features(examples);
  }

  private HostTensor features(HostTensor examples) {
    backend.requireOpen();
    try (PtNDManager scope = backend.newManager()) {
      PtNDArray result =
          Torch.forward(module, Torch.share(scope, examples), scope, backend.threads());
      TensorType type = new TensorType(DType.FLOAT32, Shape.of(result.getShape().getShape()));
      return Torch.download(result, type);
    } catch (EngineException e) {
      throw new ModelFormatException(
          name + " does not run on " + examples.type() + ": " + TorchScriptExtractor.first(e), e);
    }
  }

  @Override
  public void close() {
    backend.close();
  }
}
