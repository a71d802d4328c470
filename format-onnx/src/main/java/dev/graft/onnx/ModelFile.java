package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Parses model files and says what is wrong with those that are none. */
final class ModelFile {
  private ModelFile() {}

  /** Whether the first bytes are those that exporters write: an IR version and a known field. */
  static boolean looksLikeOnnx(Path file) {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(3);
    } catch (IOException e) {
      return false;
    }
    // Field 1 is the IR version; after it come producer (2), graph (7), or opset imports (8).
    return head.length == 3
        && head[0] == 0x08
        && head[1] > 0
        && head[1] < 32
        && (head[2] == 0x12 || head[2] == 0x1a || head[2] == 0x3a || head[2] == 0x42);
  }

  /**
   * Parses a file. Initialisers refer to the mapped file, so that weights are in memory only once,
   * in the tensors that are made of them.
   */
  static ModelProto parse(Path file) throws IOException {
    ModelProto proto;
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size == 0) {
        throw new ModelFormatException(file + " is empty");
      }
      if (size > Integer.MAX_VALUE) {
        throw new ModelFormatException(
            file
                + " is larger than 2 GiB, which no ONNX file can be; large weights belong in an "
                + "external data file");
      }
      CodedInputStream in =
          CodedInputStream.newInstance(channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
      in.enableAliasing(true);
      in.setSizeLimit(Integer.MAX_VALUE);
      proto = ModelProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new ModelFormatException(
          file + " is not an ONNX model, or is truncated or damaged: " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new ModelFormatException("there is no file " + file, e);
    }
    if (!proto.hasGraph() || proto.getOpsetImportCount() == 0) {
      throw new ModelFormatException(
          file
              + " is not an ONNX model, or is truncated: it has no "
              + (proto.hasGraph() ? "opset" : "graph"));
    }
    return proto;
  }
}
