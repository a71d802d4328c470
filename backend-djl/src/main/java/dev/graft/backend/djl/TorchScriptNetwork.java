package dev.graft.backend.djl;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import dev.graft.model.ModelFormatException;
import dev.graft.model.NativeExtractor;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** A TorchScript module that somebody else wrote, from one tensor to one. */
final class TorchScriptNetwork implements NativeExtractor.Network {
  private final DjlBackend backend;
  private final String name;
  private final PtSymbolBlock module;

  /**
   * @param backend is closed with this
   */
  TorchScriptNetwork(DjlBackend backend, String name, byte[] content) {
    this.backend = backend;
    this.name = name;
    try {
      this.module =
          JniUtils.loadModule(
              backend.newManager(), new ByteArrayInputStream(content), false, false);
    } catch (IOException | EngineException e) {
      throw new ModelFormatException(name + " cannot be loaded by PyTorch: " + first(e), e);
    }
    JniUtils.enableInferenceMode(module);
  }

  /** What PyTorch says first; a whole trace of its own stack follows. */
  private static String first(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
  }

  @Override
  public HostTensor features(HostTensor examples) {
    backend.requireOpen();
    try (PtNDManager scope = backend.newManager()) {
      PtNDArray result =
          Torch.forward(module, Torch.share(scope, examples), scope, backend.threads());
      return Torch.download(
          result, new TensorType(DType.FLOAT32, Shape.of(result.getShape().getShape())));
    } catch (EngineException e) {
      throw new ModelFormatException(
          name + " does not run on " + examples.type() + ": " + first(e), e);
    }
  }

  @Override
  public void close() {
    backend.close();
  }
}
