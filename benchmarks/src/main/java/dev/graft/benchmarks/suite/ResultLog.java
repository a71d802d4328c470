package dev.graft.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.data.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The file {@code results.jsonl}: one line per cell that ended, written through to the disk before
 * the next cell counts as done. A kill at any moment costs at most the cells in flight: a last line
 * that was cut short is dropped when the file is opened again.
 *
 * <p>Where a cell has several lines, the last one counts. Thread-safe. One process at a time holds
 * the file.
 */
public final class ResultLog implements AutoCloseable {
  /** The file's name in the output directory. */
  public static final String FILE = "results.jsonl";

  /** Lists that lines of earlier versions do not have are empty. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .withConfigOverride(
              List.class, o -> o.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
          .build();

  private final Path file;
  private final FileChannel channel;
  private final Map<Cell, CellResult> results = new LinkedHashMap<>();

  private ResultLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens the log of an output directory, which is made if it is not there.
   *
   * @throws DataException if another process writes it, or a line in the middle is damaged
   */
  public static ResultLog open(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ResultLog log = new ResultLog(file, channel);
    try {
      log.lock();
      log.load();
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * The latest result of each cell of a run that is over, without holding the file.
   *
   * @throws DataException if there is no such file
   */
  public static List<CellResult> read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          directory + " has no " + FILE + "; it is not the output of a benchmark of transfer");
    }
    Map<Cell, CellResult> results = new LinkedHashMap<>();
    parse(Files.readAllBytes(file), file, results);
    return List.copyOf(results.values());
  }

  private void lock() throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // Held by another log of this process; the message is the same.
    }
    throw new DataException(
        "another run is writing " + file + ". Wait for it, or choose another directory.");
  }

  /** Through the channel that is locked: closing any other one would give the lock away. */
  private void load() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    long whole = parse(bytes.array(), file, results);
    // What follows the last line end was being written when the process died.
    channel.truncate(whole);
    channel.position(whole);
  }

  /** Reads all whole lines, and says where the last one ends. */
  private static long parse(byte[] bytes, Path file, Map<Cell, CellResult> results) {
    int start = 0;
    int number = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        number++;
        CellResult result =
            result(new String(bytes, start, i - start, StandardCharsets.UTF_8), file, number);
        results.put(result.cell(), result);
        start = i + 1;
      }
    }
    return start;
  }

  private static CellResult result(String line, Path file, int number) {
    try {
      ObjectNode node = (ObjectNode) JSON.readTree(line);
      return new CellResult(
          JSON.treeToValue(node, Cell.class), JSON.treeToValue(node, Outcome.class));
    } catch (JsonProcessingException | ClassCastException | NullPointerException e) {
      throw new DataException(
          file + ", line " + number + ": not a result. Remove the line, or the file.", e);
    }
  }

  /** Appends a result and waits until it is on the disk. */
  public synchronized void append(CellResult result) throws IOException {
    ObjectNode node = JSON.valueToTree(result.cell());
    node.setAll((ObjectNode) JSON.valueToTree(result.outcome()));
    ByteBuffer line =
        ByteBuffer.wrap((JSON.writeValueAsString(node) + '\n').getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
    channel.force(false);
    results.put(result.cell(), result);
  }

  /** The latest result of each cell, in the order of their first lines. */
  public synchronized List<CellResult> results() {
    return new ArrayList<>(results.values());
  }

  /** Whether the cell ended well, now or in an earlier run. */
  public synchronized boolean isDone(Cell cell) {
    CellResult result = results.get(cell);
    return result != null && result.outcome().isDone();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
