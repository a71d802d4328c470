package dev.graft.backend.tensorflow;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.data.ContentDigest;
import dev.graft.model.FeatureExtractor;
import dev.graft.model.NativeExtractor;
import dev.graft.model.NativeModelFormat;
import dev.graft.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** TensorFlow's SavedModel: a folder, which is packed as a zip archive. */
public final class SavedModelFormat implements NativeModelFormat {
  static final String GRAPH = "saved_model.pb";

  @Override
  public String name() {
    return "savedmodel";
  }

  @Override
  public String backend() {
    return TensorFlowBackendProvider.NAME;
  }

  @Override
  public String exportAdvice() {
    return "in Python: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx";
  }

  @Override
  public boolean channelsLast() {
    return true;
  }

  @Override
  public boolean accepts(Path file) {
    return Files.isRegularFile(file.resolve(GRAPH));
  }

  /** The same folder always gives the same bytes. */
  @Override
  public byte[] pack(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(folder.relativize(file).toString().replace('\\', '/'));
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public FeatureExtractor open(
      String name, byte[] content, Shape example, Device device, BackendOptions options) {
    TensorFlowBackend backend =
        (TensorFlowBackend) new TensorFlowBackendProvider().open(device, options);
    try {
      SavedModelNetwork network = new SavedModelNetwork(backend, name, content);
      String fingerprint =
          FeatureExtractor.fingerprint(new ContentDigest().add(content).hex(), backend);
      return new NativeExtractor(name, network.inputName(), example, fingerprint, network);
    } finally {
      // The network has a session of its own.
      backend.close();
    }
  }
}
