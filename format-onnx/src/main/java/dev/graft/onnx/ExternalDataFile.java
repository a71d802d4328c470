package dev.graft.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file beside a model that takes the weights, written tensor by tensor. */
final class ExternalDataFile implements AutoCloseable {
  /** Smaller tensors stay in the model, where shape inference can see them. */
  private static final int SMALLEST = 1024;

  /** Where tensors begin, so that a runtime may map them into memory. */
  private static final int ALIGNMENT = 4096;

  private final Path file;
  private final Path temporary;
  private final FileChannel channel;
  private long end;

  ExternalDataFile(Path file) throws IOException {
    this.file = file;
    this.temporary = AtomicFiles.temporary(file);
    this.channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Writes the elements to this file and refers to them; small tensors are embedded. */
  TensorProto encode(String name, HostTensor tensor) {
    ByteBuffer data = OnnxTensors.littleEndian(tensor.bytes(), tensor.dtype().bytes());
    int bytes = data.remaining();
    if (bytes < SMALLEST) {
      return OnnxTensors.encode(name, tensor);
    }
    long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    end = offset + bytes;
    try {
      for (long position = offset; data.hasRemaining(); ) {
        position += channel.write(data, position);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return OnnxTensors.header(name, tensor.type())
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(OnnxWriter.entry("location", file.getFileName().toString()))
        .addExternalData(OnnxWriter.entry("offset", Long.toString(offset)))
        .addExternalData(OnnxWriter.entry("length", Long.toString(bytes)))
        .build();
  }

  /** Moves the file to its name. */
  void commit() throws IOException {
    channel.close();
    AtomicFiles.move(temporary, file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }
}
