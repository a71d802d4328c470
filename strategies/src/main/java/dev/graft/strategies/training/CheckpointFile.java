package dev.graft.strategies.training;

import dev.graft.graph.ParameterStore;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.TrainingContext;
import dev.graft.train.TrainingException;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingResult.Epoch;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Keeps a {@link Checkpoint} in a file. A write goes to a temporary file that is forced to disk and
 * then moved, so that at every moment the file is a whole one; a checksum finds damage.
 *
 * @param path the file
 * @param run a description of the plan, seed and backend; a checkpoint of another run is refused
 */
record CheckpointFile(Path path, String run) {
  private static final String MAGIC = "graft-checkpoint-2";

  static CheckpointFile of(Path path, TrainingPlan plan, TrainingContext context) {
    String run =
        String.join(
            "\n",
            plan.model().fingerprint(),
            plan.objective().toString(),
            plan.groups().toString(),
            plan.batchNorm().toString(),
            plan.settings().toString(),
            content(plan.train()),
            plan.validation().map(CheckpointFile::content).orElse("no validation"),
            context.seed().toString(),
            context.backend().name() + " on " + context.backend().device());
    return new CheckpointFile(path, run);
  }

  private static String content(TrainingPlan.Part part) {
    return part.examples().fingerprint() + '/' + part.targets().hashCode();
  }

  /** The checkpoint, if there is a file. */
  Optional<Checkpoint> read() {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    CRC32 sum = new CRC32();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(new BufferedInputStream(Files.newInputStream(path)), sum))) {
      if (!in.readUTF().equals(MAGIC)) {
        throw new TrainingException(path + " is no checkpoint of this version of Graft");
      }
      if (!readText(in).equals(run)) {
        throw new TrainingException(
            "the checkpoint "
                + path
                + " is of another run: model, data, settings, seed or backend differ. Delete it,"
                + " or choose another place for checkpoints.");
      }
      Checkpoint checkpoint = readBody(in);
      long expected = sum.getValue();
      if (in.readLong() != expected) {
        throw new TrainingException(damaged());
      }
      return Optional.of(checkpoint);
    } catch (IOException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException e) {
      throw new TrainingException(damaged(), e);
    }
  }

  private String damaged() {
    return "the checkpoint " + path + " cannot be read; delete it to begin again";
  }

  /** Replaces the file. */
  void write(Checkpoint checkpoint) {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        CRC32 sum = new CRC32();
        OutputStream raw = new BufferedOutputStream(Channels.newOutputStream(channel));
        DataOutputStream out = new DataOutputStream(new CheckedOutputStream(raw, sum));
        out.writeUTF(MAGIC);
        writeText(out, run);
        writeBody(out, checkpoint);
        out.flush();
        out.writeLong(sum.getValue());
        out.flush();
        channel.force(true);
      }
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new TrainingException("cannot write the checkpoint " + path + ": " + e.getMessage(), e);
    }
  }

  private static void writeBody(DataOutputStream out, Checkpoint c) throws IOException {
    out.writeInt(c.history().size());
    for (Epoch epoch : c.history()) {
      out.writeDouble(epoch.trainLoss());
      out.writeBoolean(epoch.validationLoss().isPresent());
      out.writeDouble(epoch.validationLoss().orElse(0));
      out.writeDouble(epoch.validationError().orElse(0));
    }
    out.writeInt(c.bestEpoch());
    out.writeDouble(c.bestError());
    out.writeInt(c.improvedEpoch());
    writeStore(out, c.best());
    writeStore(out, c.slots());
  }

  private static Checkpoint readBody(DataInputStream in) throws IOException {
    List<Epoch> history = new ArrayList<>();
    int epochs = in.readInt();
    for (int i = 0; i < epochs; i++) {
      double loss = in.readDouble();
      boolean validated = in.readBoolean();
      OptionalDouble validation = optional(validated, in.readDouble());
      history.add(new Epoch(loss, validation, optional(validated, in.readDouble())));
    }
    return new Checkpoint(
        history, in.readInt(), in.readDouble(), in.readInt(), readStore(in), readStore(in));
  }

  private static OptionalDouble optional(boolean present, double value) {
    return present ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private static void writeStore(DataOutputStream out, ParameterStore store) throws IOException {
    out.writeInt(store.names().size());
    for (Map.Entry<String, HostTensor> e : store.asMap().entrySet()) {
      writeText(out, e.getKey());
      HostTensor t = e.getValue();
      out.writeUTF(t.dtype().name());
      long[] sizes = t.shape().sizes();
      out.writeInt(sizes.length);
      for (long size : sizes) {
        out.writeLong(size);
      }
      // Checkpoints are read on the machine that wrote them, so the native order is kept.
      byte[] bytes = new byte[t.bytes().remaining()];
      t.bytes().get(bytes);
      out.write(bytes);
    }
  }

  private static ParameterStore readStore(DataInputStream in) throws IOException {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      String name = readText(in);
      DType dtype = DType.valueOf(in.readUTF());
      long[] sizes = new long[in.readInt()];
      for (int a = 0; a < sizes.length; a++) {
        sizes[a] = in.readLong();
      }
      TensorType type = TensorType.of(dtype, sizes);
      byte[] bytes = new byte[Math.toIntExact(type.shape().elements() * dtype.bytes())];
      in.readFully(bytes);
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      tensors.put(name, HostTensor.wrap(type, direct));
    }
    return ParameterStore.of(tensors);
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
  }
}
