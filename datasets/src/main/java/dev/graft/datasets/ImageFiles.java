package dev.graft.datasets;

import dev.graft.data.ContentDigest;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Sample;
import dev.graft.data.SkippedExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Image files, decoded each time they are asked for. Digests are of the files' bytes, computed when
 * first wanted, by all processors.
 */
public final class ImageFiles implements Dataset {
  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif");

  private final String name;
  private final Path root;
  private final List<Path> files;
  private volatile String @Nullable [] digests;

  /**
   * @param root the folder against which {@link #id} names the files
   */
  ImageFiles(String name, Path root, List<Path> files) {
    this.name = name;
    this.root = root;
    this.files = List.copyOf(files);
  }

  /**
   * The given files in the given order; nothing is read yet, so a file that cannot be read is an
   * error only when it is asked for.
   */
  public static ImageFiles of(List<Path> files) {
    return new ImageFiles("images", Path.of(""), files);
  }

  /** Whether the name says so: an extension of the formats that are read, and not hidden. */
  static boolean isImageName(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 // a dot in front hides a file
        && !name.startsWith(".")
        && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return files.size();
  }

  public Path file(int i) {
    return files.get(i);
  }

  @Override
  public Sample sample(int i) {
    Path file = files.get(i);
    return ImageDecoder.decode(read(file), file.toString());
  }

  @Override
  public String id(int i) {
    Path file = files.get(i);
    return (file.startsWith(root) ? root.relativize(file) : file).toString().replace('\\', '/');
  }

  @Override
  public String fingerprint() {
    ContentDigest digest = new ContentDigest().add("images");
    for (int i = 0; i < files.size(); i++) {
      digest.add(id(i)).add(fingerprint(i));
    }
    return digest.hex();
  }

  @Override
  public String fingerprint(int i) {
    String[] known = digests;
    if (known == null) {
      known =
          IntStream.range(0, files.size())
              .parallel()
              .mapToObj(f -> new ContentDigest().add(read(files.get(f))).hex())
              .toArray(String[]::new);
      digests = known;
    }
    return known[i];
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new DataException("there is no file " + file, e);
    } catch (IOException e) {
      throw new DataException("cannot read " + file + ": " + e, e);
    }
  }

  /**
   * What is wrong with a file, as far as its first and last bytes show; only one whose ends look
   * wrong is decoded to make sure.
   */
  static Optional<SkippedExample> inspect(Path file, String id) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      byte[] head = bytes(channel, 0, (int) Math.min(size, 16));
      byte[] tail = bytes(channel, Math.max(0, size - 8), (int) Math.min(size, 8));
      if (JpegHeader.looksLikeJpeg(head) && endsWith(tail, 0, 0xff, 0xd9)
          || ImageDecoder.looksLikePng(head) && endsWith(tail, 4, 'I', 'E', 'N', 'D')) {
        return Optional.empty();
      }
      if (size == 0) {
        return Optional.of(new SkippedExample(id, "the file is empty"));
      }
      ImageDecoder.decode(Files.readAllBytes(file), id);
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.of(new SkippedExample(id, "cannot read the file: " + e));
    } catch (DataException e) {
      return Optional.of(new SkippedExample(id, e.getMessage()));
    }
  }

  private static byte[] bytes(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {}
    return buffer.array();
  }

  /** Whether these bytes stand so many bytes before the end. */
  private static boolean endsWith(byte[] tail, int before, int... expected) {
    int at = tail.length - before - expected.length;
    if (at < 0) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((tail[at + i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
