package dev.graft.datasets;

import dev.graft.data.SkippedExample;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.FeatureComputation;
import dev.graft.transfer.FeatureTable;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The file of one feature table: records of one computed batch each, and an end record. A record is
 * its length, its checksum and its content, so that a file that a crash cut off keeps all records
 * but the last.
 *
 * <p>Numbers are big-endian, feature values in the byte order of the machine.
 */
final class FeatureFile {
  private static final int MAGIC = 0x47465402; // "GFT" and the version
  private static final int RECORD_HEADER = 12;

  private FeatureFile() {}

  /**
   * What a file holds.
   *
   * @param parts the batches
   * @param skipped the examples that could not be read
   * @param complete whether the end record is there
   * @param validBytes how far the records are whole
   */
  record Content(
      List<FeatureTable> parts, List<SkippedExample> skipped, boolean complete, long validBytes) {
    static final Content EMPTY = new Content(List.of(), List.of(), false, 0);

    /** Where to go on: the start of the first batch of which nothing is known. */
    int next() {
      if (parts.isEmpty()) {
        return 0;
      }
      int[] last = parts.get(parts.size() - 1).positions();
      return (last[last.length - 1] / FeatureComputation.BATCH + 1) * FeatureComputation.BATCH;
    }
  }

  /** All whole records of a file; none if it is not there or of another version. */
  static Content read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Content.EMPTY;
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    List<FeatureTable> parts = new ArrayList<>();
    List<SkippedExample> skipped = new ArrayList<>();
    boolean complete = false;
    long valid = 0;
    while (!complete && bytes.remaining() >= RECORD_HEADER) {
      int length = bytes.getInt();
      long checksum = bytes.getLong();
      if (length < 0 || length > bytes.remaining()) {
        break;
      }
      ByteBuffer record = bytes.slice(bytes.position(), length);
      if (checksum(record) != checksum || record.getInt() != MAGIC) {
        break;
      }
      complete = readRecord(record, parts, skipped);
      bytes.position(bytes.position() + length);
      valid = bytes.position();
    }
    return new Content(parts, skipped, complete, valid);
  }

  /** Reads one record; true if it is the end. */
  private static boolean readRecord(
      ByteBuffer record, List<FeatureTable> parts, List<SkippedExample> skipped) {
    boolean end = record.get() == 1;
    for (int n = record.getInt(); n > 0; n--) {
      skipped.add(new SkippedExample(text(record), text(record)));
    }
    if (end) {
      return true;
    }
    int[] positions = new int[record.getInt()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = record.getInt();
    }
    DType dtype = DType.valueOf(text(record));
    List<Dim> dims = new ArrayList<>(List.of(Dim.of(positions.length)));
    for (int n = record.getInt(); n > 0; n--) {
      dims.add(Dim.of(record.getInt()));
    }
    TensorType type = new TensorType(dtype, new Shape(dims));
    parts.add(new FeatureTable(positions, HostTensor.wrap(type, record.slice()), true));
    return false;
  }

  private static String text(ByteBuffer record) {
    byte[] bytes = new byte[record.getInt()];
    record.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static long checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return crc.getValue();
  }

  /** Appends records to a file. Not thread-safe; whoever opened it closes it. */
  static final class Writer implements Closeable {
    private final FileChannel channel;

    /** Opens a file for writing after its first {@code validBytes}; what is behind them is cut. */
    Writer(Path file, long validBytes) throws IOException {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(validBytes);
      channel.position(validBytes);
    }

    void append(FeatureTable part, List<SkippedExample> skipped) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      start(out, false, skipped);
      out.writeInt(part.size());
      for (int position : part.positions()) {
        out.writeInt(position);
      }
      TensorType type = part.values().type();
      write(out, type.dtype().name());
      out.writeInt(type.rank() - 1);
      for (int axis = 1; axis < type.rank(); axis++) {
        out.writeInt((int) type.shape().sizes()[axis]);
      }
      byte[] values = new byte[part.values().bytes().remaining()];
      part.values().bytes().get(values);
      out.write(values);
      write(bytes);
    }

    /** Writes the end record and sees that all is on the disk. */
    void finish(List<SkippedExample> skipped) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      start(new DataOutputStream(bytes), true, skipped);
      write(bytes);
      channel.force(true);
    }

    private static void start(DataOutputStream out, boolean end, List<SkippedExample> skipped)
        throws IOException {
      out.writeInt(MAGIC);
      out.writeByte(end ? 1 : 0);
      out.writeInt(skipped.size());
      for (SkippedExample example : skipped) {
        write(out, example.id());
        write(out, example.reason());
      }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    private void write(ByteArrayOutputStream content) throws IOException {
      ByteBuffer record = ByteBuffer.wrap(content.toByteArray());
      ByteBuffer header = ByteBuffer.allocate(RECORD_HEADER);
      header.putInt(record.limit()).putLong(checksum(record)).flip();
      while (header.hasRemaining()) {
        channel.write(header);
      }
      while (record.hasRemaining()) {
        channel.write(record);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
