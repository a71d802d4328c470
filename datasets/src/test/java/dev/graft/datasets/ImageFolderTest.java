package dev.graft.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.BatchLoader;
import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Duplicate;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.LoaderOptions;
import dev.graft.data.SkippedExample;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  @TempDir Path folder;
  private byte[] jpeg = {};
  private byte[] png = {};

  @BeforeEach
  void encode() {
    BufferedImage image = ImageDecoderTest.quarters(24, BufferedImage.TYPE_INT_RGB);
    jpeg = ImageDecoderTest.encoded(image, "jpg");
    png = ImageDecoderTest.encoded(image, "png");
  }

  private Path file(String path, byte[] bytes) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void antsAndBees() {
    file("bees/b.png", png);
    file("ants/2.jpg", jpeg);
    file("ants/1.JPEG", jpeg);
    file("ants/old/0.jpg", jpeg);
  }

  private static List<String> ids(Opened<ClassLabels> opened) {
    return IntStream.range(0, opened.data().size())
        .mapToObj(i -> opened.data().examples().id(i))
        .toList();
  }

  private String failure(boolean strict) {
    return assertThrows(DataException.class, () -> ImageFolder.open(folder, strict)).getMessage();
  }

  @Test
  void classesAndFilesComeInTheOrderOfTheirNames() {
    antsAndBees();
    Opened<ClassLabels> opened = ImageFolder.open(folder, true);
    assertEquals(List.of("ants", "bees"), opened.data().targets().classes());
    assertEquals(List.of("ants/1.JPEG", "ants/2.jpg", "ants/old/0.jpg", "bees/b.png"), ids(opened));
    assertArrayEquals(new int[] {0, 0, 0, 1}, opened.data().targets().labels());
  }

  @Test
  void hiddenAndOtherFilesAreIgnored() {
    antsAndBees();
    file("ants/.hidden.jpg", jpeg);
    file("ants/.cache/x.jpg", jpeg);
    file("ants/notes.txt", new byte[] {1});
    file(".git/x.jpg", jpeg);
    file("README.md", new byte[] {1});
    assertEquals(4, ImageFolder.open(folder, true).data().size());
  }

  @Test
  void aWrongFolderSaysWhatItHolds() throws IOException {
    assertTrue(failure(false).endsWith("found: nothing"), failure(false));
    file("1.jpg", jpeg);
    file("2.jpg", jpeg);
    assertTrue(failure(false).endsWith("found: 2 images but no class folders"), failure(false));
    file("notes.txt", new byte[1]);
    Files.createDirectories(folder.resolve("sub"));
    assertTrue(failure(false).endsWith("found: 1.jpg, 2.jpg, notes.txt, sub/"), failure(false));
    DataException missing =
        assertThrows(DataException.class, () -> ImageFolder.open(folder.resolve("nowhere"), false));
    assertTrue(missing.getMessage().contains("there is no folder"), missing.getMessage());
    DataException file =
        assertThrows(DataException.class, () -> ImageFolder.open(folder.resolve("1.jpg"), false));
    assertTrue(file.getMessage().contains("is a file"), file.getMessage());
  }

  @Test
  void anEmptyClassIsNamed() throws IOException {
    antsAndBees();
    Files.createDirectories(folder.resolve("wasps"));
    assertTrue(failure(false).contains("[wasps]"), failure(false));
  }

  @Test
  void theParentOfTrainAndValidationIsRefused() {
    file("train/ants/1.jpg", jpeg);
    file("val/ants/1.jpg", jpeg);
    assertTrue(failure(false).contains("holds the parts [train, val]"), failure(false));
  }

  @Test
  void damagedImagesAreSkippedAndReported() {
    antsAndBees();
    file("ants/3.jpg", Arrays.copyOf(jpeg, jpeg.length / 2));
    file("bees/a.png", new byte[0]);
    file("bees/c.jpg", "<html>not found</html>".getBytes(StandardCharsets.UTF_8));
    Opened<ClassLabels> opened = ImageFolder.open(folder, false);
    assertEquals(4, opened.data().size());
    assertEquals(
        List.of("ants/3.jpg", "bees/a.png", "bees/c.jpg"),
        opened.skipped().stream().map(SkippedExample::id).toList());
    assertEquals("the file is empty", opened.skipped().get(1).reason());
    assertTrue(failure(true).contains("3 of 7 images"), failure(true));
    assertTrue(failure(true).contains("ants/3.jpg"), failure(true));
  }

  @Test
  void aClassOfDamagedImagesIsAnError() {
    antsAndBees();
    file("wasps/1.jpg", new byte[] {1, 2, 3});
    assertTrue(failure(false).contains("not one of the images of class 'wasps'"), failure(false));
  }

  @Test
  void damageInTheMiddleOfAFileIsFoundWhenItIsRead() {
    antsAndBees();
    byte[] broken = png.clone();
    Arrays.fill(broken, 50, broken.length - 20, (byte) 0x55); // its ends look well
    file("bees/broken.png", broken);
    Opened<ClassLabels> opened = ImageFolder.open(folder, false);
    List<SkippedExample> skipped = new ArrayList<>(opened.skipped());
    int[] read = {0};
    try (BatchLoader loader =
        new BatchLoader(
            opened.data().examples(),
            ImagePreprocessing.imagenet(16),
            LoaderOptions.skipping(skipped::add))) {
      loader.batches(2).forEachRemaining(b -> read[0] += b.size());
    }
    assertEquals(4, read[0]);
    assertEquals(List.of("bees/broken.png"), skipped.stream().map(SkippedExample::id).toList());
  }

  @Test
  void fingerprintsFollowContentAndNotThePlace(@TempDir Path elsewhere) throws IOException {
    antsAndBees();
    Opened<ClassLabels> here = ImageFolder.open(folder, true);
    String before = here.data().examples().fingerprint();
    for (String path : ids(here)) {
      Path copy = elsewhere.resolve(path);
      Files.createDirectories(copy.getParent());
      Files.copy(folder.resolve(path), copy);
    }
    assertEquals(before, ImageFolder.open(elsewhere, true).data().examples().fingerprint());
    byte[] changed = jpeg.clone();
    changed[30] ^= 1;
    file("ants/2.jpg", changed);
    assertNotEquals(before, ImageFolder.open(folder, true).data().examples().fingerprint());
  }

  @Test
  void equalImagesAreFoundAsDuplicates() {
    antsAndBees();
    Dataset one = ImageFiles.of(List.of(folder.resolve("ants/1.JPEG")));
    assertEquals(
        List.of("ants/1.JPEG", "ants/2.jpg", "ants/old/0.jpg"),
        Duplicate.between(one, ImageFolder.open(folder, true).data().examples()).stream()
            .map(Duplicate::second)
            .toList());
  }

  @Test
  void hymenopteraHasTheCountsOfTheTutorial(@TempDir Path unpacked) throws Exception {
    Path tar = SharedData.find("data/hymenoptera/hymenoptera_data_short256.tar");
    Process untar =
        new ProcessBuilder("tar", "xf", tar.toString(), "-C", unpacked.toString()).start();
    assertEquals(0, untar.waitFor());
    Path root = unpacked.resolve("hymenoptera_data");
    Opened<ClassLabels> train = ImageFolder.open(root.resolve("train"), true);
    Opened<ClassLabels> validation = ImageFolder.open(root.resolve("val"), true);
    assertArrayEquals(new int[] {124, 121}, train.data().targets().counts());
    assertArrayEquals(new int[] {70, 83}, validation.data().targets().counts());
    assertEquals(
        0, Duplicate.between(train.data().examples(), validation.data().examples()).size());
  }
}
