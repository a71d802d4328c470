package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.ImageSample;
import dev.graft.data.Labeled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The binary files of CIFAR-10 (label, then red, green and blue planes of 32x32) and CIFAR-100
 * (coarse label, fine label, planes), possibly compressed with gzip. Class names are read from
 * {@code batches.meta.txt}, {@code fine_label_names.txt} or {@code coarse_label_names.txt} beside
 * the file; without them the classes are numbers.
 */
public final class CifarFile {
  private static final int SIDE = 32;
  private static final int PIXELS = SIDE * SIDE * 3;

  /** Which labels a file is read with. */
  public enum Labels {
    CIFAR10(1, 0, 10, "batches.meta.txt"),
    CIFAR100_FINE(2, 1, 100, "fine_label_names.txt"),
    CIFAR100_COARSE(2, 0, 20, "coarse_label_names.txt");

    private final int bytes;
    private final int offset;
    private final int classes;
    private final String names;

    Labels(int bytes, int offset, int classes, String names) {
      this.bytes = bytes;
      this.offset = offset;
      this.classes = classes;
      this.names = names;
    }
  }

  private CifarFile() {}

  /**
   * @throws DataException if the size is no whole number of records, or a label is outside its
   *     range
   */
  public static Labeled<ClassLabels> open(Path file, Labels kind) {
    byte[] bytes = Compressed.read(file);
    int record = kind.bytes + PIXELS;
    if (bytes.length == 0 || bytes.length % record != 0) {
      throw new DataException(
          file
              + " has "
              + bytes.length
              + " bytes, which is no whole number of records of "
              + record
              + "; is it of the other kind of CIFAR, or truncated?");
    }
    int count = bytes.length / record;
    List<ImageSample> samples = new ArrayList<>(count);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = bytes[i * record + kind.offset] & 0xff;
      if (labels[i] >= kind.classes) {
        throw new DataException(
            file
                + " has label "
                + labels[i]
                + " in record "
                + i
                + ", but "
                + kind
                + " has labels 0 to "
                + (kind.classes - 1));
      }
      samples.add(interleaved(bytes, i * record + kind.bytes));
    }
    return new Labeled<>(
        new InMemory<>(Compressed.title(file), samples, i -> file + "#" + i, List.of()),
        new ClassLabels(names(file, kind), labels));
  }

  /** The fine classes of each superclass of CIFAR-100 that a file has examples of. */
  public static SortedMap<String, SortedSet<String>> superclasses(Path file) {
    ClassLabels fine = open(file, Labels.CIFAR100_FINE).targets();
    ClassLabels coarse = open(file, Labels.CIFAR100_COARSE).targets();
    SortedMap<String, SortedSet<String>> members = new TreeMap<>();
    for (int i = 0; i < fine.size(); i++) {
      members
          .computeIfAbsent(coarse.classes().get(coarse.label(i)), c -> new TreeSet<>())
          .add(fine.classes().get(fine.label(i)));
    }
    return members;
  }

  private static ImageSample interleaved(byte[] bytes, int start) {
    int area = SIDE * SIDE;
    byte[] pixels = new byte[PIXELS];
    for (int p = 0, at = 0; p < area; p++) {
      pixels[at++] = bytes[start + p];
      pixels[at++] = bytes[start + area + p];
      pixels[at++] = bytes[start + 2 * area + p];
    }
    return new ImageSample(SIDE, SIDE, 3, pixels);
  }

  private static List<String> names(Path file, Labels kind) {
    Path path = file.resolveSibling(kind.names);
    if (!Files.exists(path)) {
      return IntStream.range(0, kind.classes).mapToObj(Integer::toString).toList();
    }
    try {
      List<String> names =
          Files.readAllLines(path, StandardCharsets.UTF_8).stream()
              .map(String::strip)
              .filter(n -> !n.isEmpty())
              .toList();
      if (names.size() != kind.classes) {
        throw new DataException(
            path + " names " + names.size() + " classes, but " + kind + " has " + kind.classes);
      }
      return names;
    } catch (IOException e) {
      throw Compressed.failure(path, e);
    }
  }
}
