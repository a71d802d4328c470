package dev.graft.onnx;

import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** ONNX model files. */
public final class OnnxFormat implements ModelFormat {
  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public boolean accepts(Path file) {
    String fileName = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return fileName.endsWith(".onnx")
        || (Files.isRegularFile(file) && ModelFile.looksLikeOnnx(file));
  }

  @Override
  public GraphModel read(Path file) throws IOException {
    return OnnxReader.read(file);
  }

  @Override
  public void write(GraphModel model, Path file) throws IOException {
    OnnxWriter.STANDARD.write(model, file);
  }
}
