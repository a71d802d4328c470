package dev.graft.backend.djl;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.data.ContentDigest;
import dev.graft.model.FeatureExtractor;
import dev.graft.model.ModelFormatException;
import dev.graft.model.NativeExtractor;
import dev.graft.model.NativeModelFormat;
import dev.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Models that {@code torch.jit.save} wrote. */
public final class TorchScriptFormat implements NativeModelFormat {
  @Override
  public String name() {
    return "torchscript";
  }

  @Override
  public String backend() {
    return DjlBackendProvider.NAME;
  }

  @Override
  public String exportAdvice() {
    return "in Python: torch.onnx.export(model.eval(), example, 'model.onnx',"
        + " dynamic_axes={'input': {0: 'batch'}}, input_names=['input'])";
  }

  @Override
  public boolean channelsLast() {
    return false;
  }

  @Override
  public boolean accepts(Path file) {
    return Files.isRegularFile(file)
        && file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(pt|pth|torchscript)");
  }

  @Override
  public byte[] pack(Path file) throws IOException {
    try (ZipFile archive = new ZipFile(file.toFile())) {
      if (archive.stream().noneMatch(e -> e.getName().contains("/code/"))) {
        throw new ModelFormatException(
            file
                + " holds a PyTorch checkpoint without the network's code; write it with"
                + " torch.jit.save(torch.jit.trace(model.eval(), example), file), or export it to"
                + " ONNX");
      }
    } catch (ZipException e) {
      throw new ModelFormatException(file + " is not a TorchScript archive, or is truncated", e);
    }
    return Files.readAllBytes(file);
  }

  @Override
  public FeatureExtractor open(
      String name, byte[] content, Shape example, Device device, BackendOptions options) {
    DjlBackend backend = (DjlBackend) new DjlBackendProvider().open(device, options);
    try {
      String fingerprint =
          FeatureExtractor.fingerprint(new ContentDigest().add(content).hex(), backend);
      return new NativeExtractor(
          name, "input", example, fingerprint, new TorchScriptNetwork(backend, name, content));
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
  }
}
