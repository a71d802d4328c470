package dev.graft.datasets;

import dev.graft.data.DataException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Files that may be compressed with gzip; their first bytes say so, not their names. */
final class Compressed {
  private Compressed() {}

  static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      return gzip ? new GZIPInputStream(in, 1 << 16) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  static BufferedReader reader(Path file) throws IOException {
    return new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8));
  }

  /** The whole content. */
  static byte[] read(Path file) {
    try (InputStream in = open(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  /** The bytes as they are, compressed or not. */
  static byte[] plain(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  /** The first bytes, fewer if the content is shorter. */
  static byte[] head(Path file, int count) {
    try (InputStream in = open(file)) {
      return in.readNBytes(count);
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  static DataException failure(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new DataException("there is no file " + file, e);
    }
    if (e instanceof EOFException || e instanceof ZipException) {
      return new DataException(
          file + " is damaged: its compressed content ends early or is wrong. Copy it again", e);
    }
    return new DataException("cannot read " + file + ": " + e, e);
  }

  /** The name without folders and without extensions, for reports. */
  static String title(Path file) {
    String name = file.getFileName().toString();
    int dot = name.indexOf('.', 1);
    return dot < 0 ? name : name.substring(0, dot);
  }
}
