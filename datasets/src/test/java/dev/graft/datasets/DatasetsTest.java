package dev.graft.datasets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.ImageSample;
import dev.graft.data.Labeled;
import dev.graft.data.TensorSample;
import dev.graft.data.TextSample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
  @TempDir Path folder;

  private Path file(String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path text(String name, String... lines) {
    return file(name, (String.join("\n", lines) + "\n").getBytes(UTF_8));
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] idx(int[] sizes, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
    bytes.put(new byte[] {0, 0, 8, (byte) sizes.length});
    Arrays.stream(sizes).forEach(bytes::putInt);
    Arrays.stream(values).forEach(v -> bytes.put((byte) v));
    return bytes.array();
  }

  private static Labeled<ClassLabels> open(Path path) {
    return Datasets.open(path, DataOptions.DEFAULTS).data();
  }

  private static String failure(Path path, DataOptions options) {
    return assertThrows(DataException.class, () -> Datasets.open(path, options)).getMessage();
  }

  private static float[] row(Dataset data, int i) {
    return ((TensorSample) data.sample(i)).values().toFloats();
  }

  @Test
  void readsIdxImagesWithTheLabelsBesideThem() {
    file("t-labels-idx1-ubyte.gz", gzip(idx(new int[] {2}, 3, 0)));
    for (boolean compressed : new boolean[] {false, true}) {
      byte[] images = idx(new int[] {2, 1, 3}, 1, 2, 3, 4, 5, 255);
      Path path =
          compressed
              ? file("t-images-idx3-ubyte.gz", gzip(images))
              : file("t-images-idx3-ubyte", images);
      Labeled<ClassLabels> data = open(path);
      assertArrayEquals(new int[] {3, 0}, data.targets().labels());
      assertEquals(List.of("0", "1", "2", "3"), data.targets().classes());
      ImageSample second = (ImageSample) data.examples().sample(1);
      assertEquals(3, second.width());
      assertArrayEquals(new byte[] {4, 5, (byte) 255}, second.pixels());
    }
  }

  @Test
  void namesWhatIsWrongWithIdxFiles() {
    Path images = file("a-images-idx3-ubyte", idx(new int[] {2, 1, 1}, 1, 2));
    assertTrue(failure(images, DataOptions.DEFAULTS).contains("no label file beside"));
    Path labels = file("a-labels-idx1-ubyte", idx(new int[] {1}, 1));
    assertTrue(failure(images, DataOptions.DEFAULTS).contains("has 2 images, but"));
    file("a-images-idx3-ubyte", idx(new int[] {2, 1, 2}, 1, 2));
    assertTrue(failure(images, DataOptions.DEFAULTS).contains("should have 4 bytes"));
    file("a-labels-idx1-ubyte", new byte[] {1, 2, 3, 4, 5});
    file("a-images-idx3-ubyte", idx(new int[] {2, 1, 1}, 1, 2));
    assertTrue(failure(images, DataOptions.DEFAULTS.withLabels(labels)).contains("is no IDX file"));
  }

  @Test
  void readsCifarWithFineOrCoarseLabels() {
    byte[] bytes = new byte[2 * 3074];
    bytes[0] = 19;
    bytes[1] = 99;
    bytes[2] = 11; // red of the first pixel
    bytes[2 + 1024] = 22;
    bytes[2 + 2048] = 33;
    bytes[3074] = 4;
    Path path = file("x.bin.gz", gzip(bytes));
    Labeled<ClassLabels> fine = open(path);
    assertEquals(99, fine.targets().label(0));
    assertEquals(100, fine.targets().classes().size());
    ImageSample image = (ImageSample) fine.examples().sample(0);
    assertArrayEquals(new byte[] {11, 22, 33, 0}, Arrays.copyOf(image.pixels(), 4));
    DataOptions coarse = DataOptions.DEFAULTS.withKind(DataKind.CIFAR100_COARSE);
    assertArrayEquals(new int[] {19, 4}, Datasets.open(path, coarse).data().targets().labels());
    assertEquals(
        Map.of("19", new TreeSet<>(Set.of("99")), "4", new TreeSet<>(Set.of("0"))),
        CifarFile.superclasses(path));
  }

  @Test
  void namesCifarLabelsOutsideTheirRange() {
    byte[] bytes = new byte[2 * 3073];
    bytes[3073] = 10;
    Path path = file("x.bin", bytes);
    String message = failure(path, DataOptions.DEFAULTS);
    assertTrue(message.contains("has label 10 in record 1"), message);
    assertTrue(message.contains("labels 0 to 9"), message);
    file("x.bin", new byte[5000]);
    assertTrue(failure(path, DataOptions.DEFAULTS).contains("Is it truncated?"));
  }

  @Test
  void readsNumbersWithAndWithoutAHeader() {
    Labeled<ClassLabels> plain = open(text("a.csv", "1,2,10", "3,4.5,9", "5,6,10"));
    assertEquals(List.of("9", "10"), plain.targets().classes());
    assertArrayEquals(new int[] {1, 0, 1}, plain.targets().labels());
    assertArrayEquals(new float[] {3, 4.5f}, row(plain.examples(), 1));

    Path named = text("b.csv", "\"kind\";\"x\";\"y\"", "b;1;2", "a;3;4");
    Labeled<ClassLabels> byName =
        Datasets.open(named, DataOptions.DEFAULTS.withLabelColumn("kind")).data();
    assertEquals(List.of("a", "b"), byName.targets().classes());
    assertArrayEquals(new float[] {3, 4}, row(byName.examples(), 1));
    Labeled<ClassLabels> byNumber =
        Datasets.open(named, DataOptions.DEFAULTS.withLabelColumn("-3")).data();
    assertEquals(byName.targets(), byNumber.targets());
  }

  @Test
  void aTableMayCarryGroups() {
    Path path = text("a.csv", "patient,x,label", "p1,1,0", "p2,2,1");
    Labeled<ClassLabels> data =
        Datasets.open(path, DataOptions.DEFAULTS.withGroupColumn("patient")).data();
    assertEquals(Optional.of("p2"), data.examples().group(1));
    assertArrayEquals(new float[] {2}, row(data.examples(), 1));
  }

  @Test
  void namesWhatIsWrongWithATable() {
    DataOptions defaults = DataOptions.DEFAULTS;
    assertTrue(
        failure(text("a.csv", "x,y,label", "1,two,0", "1,2,0"), defaults)
            .endsWith("a.csv, row 1, column 'y': 'two' is not a number"));
    assertTrue(
        failure(text("b.csv", "x,y,label", "1,,0", "1,2,0"), defaults)
            .endsWith("the cell is empty"));
    assertTrue(
        failure(text("c.csv", "x,y,label", "1,2,0", "1,2"), defaults)
            .contains("has 2 cells in line 3, but 3 in the first line"));
    assertTrue(
        failure(text("d.csv", "x,y,label", "1,2,0"), defaults.withLabelColumn("lable"))
            .contains("has no column 'lable'. Closest: label"));
    assertTrue(failure(file("e.csv", new byte[0]), defaults).contains("is empty"));
    assertTrue(failure(text("f.csv", "x,label"), defaults).contains("has no rows"));
    assertTrue(
        failure(text("g.csv", "x,label", "NaN,1", "2,1"), defaults)
            .contains("'NaN' is not a number"));
  }

  @Test
  void findsOutWhatATableHolds() {
    DataOptions defaults = DataOptions.DEFAULTS;
    assertEquals(DataKind.CSV, Datasets.kind(text("n.csv", "x,label", "1,a", "2,b"), defaults));
    assertEquals(DataKind.TABLE, Datasets.kind(text("w.csv", "x,label", "red,a"), defaults));
    Path tsv = text("t.tsv", "label\ttext", "spam\twin \"now\"", "ham\thello, you");
    assertEquals(DataKind.TEXT, Datasets.kind(tsv, defaults));
    Path lines = text("t.jsonl", "{\"text\":\"a, b\",\"label\":3}", "{\"label\":4,\"text\":\"c\"}");
    assertEquals(DataKind.TEXT, Datasets.kind(lines, defaults));
    assertEquals(TextSample.of("win \"now\""), open(tsv).examples().sample(0));
    assertEquals(TextSample.of("c"), open(lines).examples().sample(1));
    assertEquals(List.of("3", "4"), open(lines).targets().classes());
  }

  @Test
  void labelsOutsideTheClassesAreNamed() {
    Path path = text("a.csv", "x,label", "1,0", "2,7");
    String message = failure(path, DataOptions.DEFAULTS.withClasses(List.of("0", "1")));
    assertTrue(message.contains("a.csv#2 has the label '7'"), message);
    assertTrue(message.contains("[0, 1]"), message);
  }

  @Test
  void classesMayBeGivenInAnotherOrder() {
    Path path = text("a.csv", "x,label", "1,b", "2,a");
    Labeled<ClassLabels> data =
        Datasets.open(path, DataOptions.DEFAULTS.withClasses(List.of("b", "a", "c"))).data();
    assertArrayEquals(new int[] {0, 1}, data.targets().labels());
    assertEquals(3, data.targets().classes().size());
  }

  @Test
  void namesDataThatAreNotThereOrOfNoKnownKind() {
    assertTrue(
        failure(folder.resolve("nowhere"), DataOptions.DEFAULTS).contains("no file or folder"));
    assertTrue(
        failure(file("notes.txt", new byte[] {1}), DataOptions.DEFAULTS)
            .contains("is no data that can be read"));
  }

  @Test
  void namesADamagedCompressedFile() {
    byte[] whole = gzip(idx(new int[] {1, 8, 8}, new int[64]));
    Path path = file("z-images-idx3-ubyte.gz", Arrays.copyOf(whole, whole.length - 9));
    file("z-labels-idx1-ubyte", idx(new int[] {1}, 0));
    assertTrue(failure(path, DataOptions.DEFAULTS).contains("is damaged"));
  }

  @Test
  void readsMnistAndUsps() {
    Path mnist = SharedData.find("data/mnist/t10k-images-idx3-ubyte.gz");
    Labeled<ClassLabels> data = open(mnist);
    assertEquals(10000, data.size());
    assertArrayEquals(
        new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, data.targets().counts());
    Path usps = SharedData.find("data/usps/usps-test-images-idx3-ubyte.gz");
    assertArrayEquals(
        new int[] {359, 264, 198, 166, 200, 160, 170, 147, 166, 177},
        open(usps).targets().counts());
  }

  @Test
  void readsCifarSubsets() {
    Labeled<ClassLabels> ten = open(SharedData.find("data/cifar10_subset/cifar10_test2000.bin.gz"));
    assertEquals("airplane", ten.targets().classes().get(0));
    assertTrue(Arrays.stream(ten.targets().counts()).allMatch(c -> c == 200));
    Path path = SharedData.find("data/cifar100_subset/cifar100_train5000.bin.gz");
    assertEquals(DataKind.CIFAR100, Datasets.kind(path, DataOptions.DEFAULTS));
    assertTrue(Arrays.stream(open(path).targets().counts()).allMatch(c -> c == 50));
    Labeled<ClassLabels> coarse =
        Datasets.open(path, DataOptions.DEFAULTS.withKind(DataKind.CIFAR100_COARSE)).data();
    assertTrue(Arrays.stream(coarse.targets().counts()).allMatch(c -> c == 250));
  }

  @Test
  void readsOpticalDigitsAndWine() {
    Labeled<ClassLabels> digits = open(SharedData.find("data/optdigits/digits.csv.gz"));
    assertEquals(1797, digits.size());
    assertEquals(10, digits.targets().classes().size());
    assertEquals(64, row(digits.examples(), 0).length);
    Labeled<ClassLabels> wine = open(SharedData.find("data/tabular_uci/winequality-red.csv.gz"));
    assertEquals(1599, wine.size());
    assertEquals(List.of("3", "4", "5", "6", "7", "8"), wine.targets().classes());
  }
}
