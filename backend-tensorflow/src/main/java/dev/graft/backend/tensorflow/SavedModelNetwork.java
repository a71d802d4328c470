package dev.graft.backend.tensorflow;

import dev.graft.data.Folders;
import dev.graft.model.ModelFormatException;
import dev.graft.model.NativeExtractor;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Signature;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.DataType;

/** A SavedModel whose serving signature maps a batch of examples to a batch of features. */
final class SavedModelNetwork implements NativeExtractor.Network {
  private final String name;
  private final SavedModelBundle bundle;
  private final String inputName;
  private final String outputName;
  private boolean closed;

  SavedModelNetwork(TensorFlowBackend backend, String name, byte[] content) {
    this.name = name;
    this.bundle = load(backend, name, content);
    try {
      Signature signature = signature();
      this.inputName = only(signature.inputNames(), "inputs");
      this.outputName = only(signature.outputNames(), "outputs");
      requireFloats(signature.getInputs().get(inputName).dataType);
    } catch (RuntimeException e) {
      bundle.close();
      throw e;
    }
  }

  String inputName() {
    return inputName;
  }

  /** TensorFlow reads from a folder only, and has read all when it returns. */
  private static SavedModelBundle load(TensorFlowBackend backend, String name, byte[] content) {
    try {
      Path folder = Files.createTempDirectory("savedmodel");
      try {
        unpack(content, folder);
        return SavedModelBundle.loader(folder.toString())
            .withTags(SavedModelBundle.DEFAULT_TAG)
            .withConfigProto(backend.config())
            .load();
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException | TensorFlowException e) {
      throw new ModelFormatException(
          name + " cannot be loaded by TensorFlow: " + e.getMessage(), e);
    }
  }

  private static void unpack(byte[] content, Path folder) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        if (!file.startsWith(folder)) {
          throw new IOException("an archive with a file outside of it: " + entry.getName());
        }
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    }
  }

  private Signature signature() {
    return bundle.signatures().stream()
        .filter(s -> s.key().equals(Signature.DEFAULT_KEY))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelFormatException(
                    name
                        + " has no signature '"
                        + Signature.DEFAULT_KEY
                        + "', only "
                        + bundle.signatures().stream().map(Signature::key).toList()));
  }

  private String only(Set<String> names, String what) {
    if (names.size() != 1) {
      throw new ModelFormatException(
          name + " has the " + what + " " + names + "; save one with a single one of them");
    }
    return names.iterator().next();
  }

  private void requireFloats(DataType type) {
    if (type != DataType.DT_FLOAT) {
      throw new ModelFormatException(name + " takes " + type + ", not numbers of 32 bits");
    }
  }

  @Override
  public HostTensor features(HostTensor examples) {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the feature extractor of " + name + " is closed");
      }
    }
    try (Tensor argument = NativeTensors.upload(examples);
        Result result = bundle.function(Signature.DEFAULT_KEY).call(Map.of(inputName, argument))) {
      return NativeTensors.download(result.get(outputName).orElseThrow(), DType.FLOAT32);
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw new ModelFormatException(
          name + " does not run on " + examples.type() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      bundle.close();
    }
  }
}
