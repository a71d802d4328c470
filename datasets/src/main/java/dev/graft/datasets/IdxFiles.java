package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.ImageSample;
import dev.graft.data.Labeled;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Pairs of IDX files, as MNIST comes in: images of unsigned bytes with three axes (grey) or four
 * (the last one colour), and one label byte for each. Either may be compressed with gzip.
 */
public final class IdxFiles {
  private static final int UNSIGNED_BYTE = 8;

  private IdxFiles() {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Idx(int[] sizes, ByteBuffer data) {}

  /**
   * Reads images with the labels of the file beside them whose name has {@code labels-idx1} for
   * {@code images-idx3}.
   */
  public static Labeled<ClassLabels> open(Path images) {
    Path labels =
        labelsFor(images)
            .orElseThrow(
                () ->
                    new DataException(
                        "no label file beside "
                            + images
                            + ". Its name is that of the image file with 'labels-idx1' for"
                            + " 'images-idx3'"));
    return open(images, labels);
  }

  /** Reads images and labels. The classes are the numbers from 0 to the largest label. */
  public static Labeled<ClassLabels> open(Path images, Path labels) {
    Idx pixels = read(images);
    Idx classes = read(labels);
    if (classes.sizes.length != 1) {
      throw new DataException(
          labels + " has " + classes.sizes.length + " axes; a label file has one");
    }
    int channels = pixels.sizes.length == 4 ? pixels.sizes[3] : 1;
    if (pixels.sizes.length != 3 && (pixels.sizes.length != 4 || channels != 3)) {
      throw new DataException(
          images
              + " has the shape "
              + Arrays.toString(pixels.sizes)
              + "; images have [count, rows, columns] or [count, rows, columns, 3]");
    }
    if (pixels.sizes[0] != classes.sizes[0]) {
      throw new DataException(
          images
              + " has "
              + pixels.sizes[0]
              + " images, but "
              + labels
              + " has "
              + classes.sizes[0]
              + " labels");
    }
    int height = pixels.sizes[1];
    int width = pixels.sizes[2];
    List<ImageSample> samples = new ArrayList<>(pixels.sizes[0]);
    for (int i = 0; i < pixels.sizes[0]; i++) {
      byte[] image = new byte[height * width * channels];
      pixels.data.get(image);
      samples.add(new ImageSample(width, height, channels, image));
    }
    int[] values =
        IntStream.range(0, samples.size()).map(i -> classes.data.get(i) & 0xff).toArray();
    int count = Arrays.stream(values).max().orElse(-1) + 1;
    return new Labeled<>(
        new InMemory<>(Compressed.title(images), samples, i -> images + "#" + i, List.of()),
        new ClassLabels(IntStream.range(0, count).mapToObj(Integer::toString).toList(), values));
  }

  /** Whether the file starts as an IDX file of bytes with three or four axes. */
  static boolean accepts(Path file) {
    byte[] head = Compressed.head(file, 4);
    return head.length == 4
        && head[0] == 0
        && head[1] == 0
        && head[2] == UNSIGNED_BYTE
        && (head[3] == 3 || head[3] == 4);
  }

  private static Optional<Path> labelsFor(Path images) {
    String name = images.getFileName().toString();
    String labels =
        name.replaceFirst("images([-.])idx[34]", "labels$1idx1").replaceFirst("images", "labels");
    String other =
        labels.endsWith(".gz") ? labels.substring(0, labels.length() - 3) : labels + ".gz";
    return List.of(labels, other).stream()
        .filter(n -> !n.equals(name))
        .map(images::resolveSibling)
        .filter(Files::exists)
        .findFirst();
  }

  private static Idx read(Path file) {
    ByteBuffer bytes = ByteBuffer.wrap(Compressed.read(file));
    if (bytes.limit() < 4 || bytes.getShort(0) != 0 || bytes.get(2) != UNSIGNED_BYTE) {
      throw new DataException(
          file + " is no IDX file of unsigned bytes (it should start with 00 00 08)");
    }
    int axes = bytes.get(3);
    if (bytes.limit() < 4 + 4 * axes) {
      throw new DataException(file + " ends within its header");
    }
    int[] sizes = new int[axes];
    long expected = 1;
    bytes.position(4);
    for (int a = 0; a < axes; a++) {
      sizes[a] = bytes.getInt();
      expected = sizes[a] < 0 ? Long.MAX_VALUE : Math.multiplyExact(expected, (long) sizes[a]);
    }
    if (bytes.remaining() != expected) {
      throw new DataException(
          file
              + " should have "
              + expected
              + " bytes for the shape "
              + Arrays.toString(sizes)
              + ", but has "
              + bytes.remaining());
    }
    return new Idx(sizes, bytes.slice());
  }
}
