package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.graft.model.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Where tensors that are not inside the model file come from. */
@FunctionalInterface
interface ExternalData {
  /** For messages that no file stands behind. */
  ExternalData REFUSED =
      (proto, bytes, what) -> {
        throw new ModelFormatException(
            what + " is stored in another file, which only a model file can refer to");
      };

  /** Reads exactly {@code bytes} bytes of a tensor into a new buffer, little-endian. */
  ByteBuffer read(TensorProto proto, int bytes, String what) throws IOException;

  /**
   * Files in the folder of a model. Locations that lead out of the folder, also by links, are
   * refused: a model from a stranger must not read other files.
   */
  static ExternalData beside(Path model) {
    Path parent = model.toAbsolutePath().getParent();
    Path folder = parent == null ? model.toAbsolutePath() : parent;
    return (proto, bytes, what) -> {
      Map<String, String> entries = new HashMap<>();
      for (StringStringEntryProto entry : proto.getExternalDataList()) {
        entries.put(entry.getKey(), entry.getValue());
      }
      String location = entries.getOrDefault("location", "");
      Path file = resolve(folder, location, what);
      long offset = number(entries, "offset", 0, what);
      long length = number(entries, "length", bytes, what);
      if (length != bytes) {
        throw new ModelFormatException(
            what + " needs " + bytes + " bytes, but its external data has " + length);
      }
      try (FileChannel channel = FileChannel.open(file)) {
        if (offset > channel.size() - bytes) {
          throw new ModelFormatException(
              what
                  + " needs bytes "
                  + offset
                  + " to "
                  + (offset + bytes)
                  + " of "
                  + file
                  + ", which has only "
                  + channel.size()
                  + "; the file is truncated or belongs to another model");
        }
        ByteBuffer data = ByteBuffer.allocateDirect(bytes);
        while (data.hasRemaining() && channel.read(data, offset + data.position()) >= 0) {
          // Large reads come in parts.
        }
        return data.flip();
      }
    };
  }

  private static Path resolve(Path folder, String location, String what) throws IOException {
    if (location.isEmpty()) {
      throw new ModelFormatException(what + " is stored in another file, but none is named");
    }
    Path file = folder.resolve(location).normalize();
    if (!file.startsWith(folder.normalize())) {
      throw new ModelFormatException(
          what + " is stored in '" + location + "', outside the folder of the model");
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(
          what + " is stored in " + file + ", which is not there; copy it beside the model");
    }
    if (!file.toRealPath().startsWith(folder.toRealPath())) {
      throw new ModelFormatException(
          what + " is stored in '" + location + "', a link out of the folder of the model");
    }
    return file;
  }

  private static long number(Map<String, String> entries, String key, long otherwise, String what) {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new ModelFormatException(what + " has the external " + key + " '" + text + "'", e);
    }
    throw new ModelFormatException(what + " has the external " + key + " '" + text + "'");
  }
}
