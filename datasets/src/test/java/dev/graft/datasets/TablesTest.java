package dev.graft.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.ImageSample;
import dev.graft.data.Labeled;
import dev.graft.data.Preprocessings;
import dev.graft.data.RegressionTargets;
import dev.graft.data.TensorSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  @TempDir Path folder;

  private Path file(String name, String... lines) {
    try {
      return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Table table(Path file) {
    return Table.read(file, Optional.empty(), Optional.empty());
  }

  private static float[] row(Dataset data, int i) {
    return ((TensorSample) data.sample(i)).values().toFloats();
  }

  @Test
  void learnsColumnsFromTheTrainingPartOnly() {
    Table table =
        table(
            file(
                "a.csv",
                "age,colour,income",
                "1,red,low",
                "3,blue,high",
                ",red,low",
                "9,green,high"));
    Labeled<ClassLabels> data =
        MixedTable.open(table, Optional.of("income"), Optional.empty(), Optional.empty());
    Labeled<ClassLabels> training = data.subset(new int[] {0, 1, 2});
    TablePreprocessing fitted = TablePreprocessing.fit(training.examples());
    assertEquals(3, fitted.width());
    assertArrayEquals(new float[] {-1, 0, 1}, input(fitted, data, 0));
    assertArrayEquals(new float[] {1, 1, 0}, input(fitted, data, 1));
    assertArrayEquals(new float[] {0, 0, 1}, input(fitted, data, 2)); // empty: the mean
    assertArrayEquals(new float[] {7, 0, 0}, input(fitted, data, 3)); // unknown: none
    assertEquals(fitted, Preprocessings.read(fitted.type(), fitted.settings()));
  }

  private static float[] input(TablePreprocessing preprocessing, Labeled<ClassLabels> data, int i) {
    return preprocessing.apply(data.examples().sample(i)).get("input").toFloats();
  }

  @Test
  void namesAWordInAColumnOfNumbers() {
    TablePreprocessing ages =
        new TablePreprocessing("input", List.of(new TablePreprocessing.Numbers("age", 2, 1)));
    DataException e = assertThrows(DataException.class, () -> ages.apply(row("age", "old")));
    assertTrue(e.getMessage().contains("column 'age'"), e.getMessage());
  }

  @Test
  void columnsAreFoundByTheirNames() {
    TablePreprocessing ages =
        new TablePreprocessing("input", List.of(new TablePreprocessing.Numbers("age", 2, 1)));
    RowSample more = new RowSample(List.of("name", "age"), List.of("Ada", "5"));
    assertArrayEquals(new float[] {3}, ages.apply(more).get("input").toFloats());
    DataException e = assertThrows(DataException.class, () -> ages.apply(row("years", "5")));
    assertTrue(e.getMessage().contains("no 'age' among [years]"), e.getMessage());
  }

  private static RowSample row(String column, String cell) {
    return new RowSample(List.of(column), List.of(cell));
  }

  @Test
  void readsNumbersToPredict() {
    Table table = table(file("a.csv", "x,subject,y,z", "1,s1,10,0.5", "2,s2,20,0.25"));
    Labeled<RegressionTargets> data =
        NumericCsv.openRegression(table, List.of("y", "z"), Optional.of("subject"));
    assertEquals(
        new RegressionTargets(List.of("y", "z"), new float[][] {{10, 0.5f}, {20, 0.25f}}),
        data.targets());
    assertArrayEquals(new float[] {2}, row(data.examples(), 1));
    assertEquals(Optional.of("s2"), data.examples().group(1));
  }

  @Test
  void readsSparseVectors() {
    Path path = file("a.svmlight", "+1 0:2 3:0.5 # note", "", "-1 1:1");
    Labeled<ClassLabels> data = SvmlightFile.open(path, OptionalInt.empty());
    assertEquals(List.of("-1", "1"), data.targets().classes());
    assertArrayEquals(new int[] {1, 0}, data.targets().labels());
    assertArrayEquals(new float[] {2, 0, 0, 0.5f}, row(data.examples(), 0));
    assertEquals(6, row(SvmlightFile.open(path, OptionalInt.of(6)).examples(), 0).length);
    DataException outside =
        assertThrows(DataException.class, () -> SvmlightFile.open(path, OptionalInt.of(3)));
    assertTrue(
        outside
            .getMessage()
            .contains("line 1: index 3 is outside the features, of which there are 3"));
    DataException wrong =
        assertThrows(
            DataException.class,
            () -> SvmlightFile.open(file("b.svmlight", "1 0:1 x:2"), OptionalInt.empty()));
    assertTrue(wrong.getMessage().endsWith("'x:2' is not index:value"), wrong.getMessage());
  }

  @Test
  void readsReviewsAsSparseVectors() {
    Labeled<ClassLabels> reviews =
        SvmlightFile.open(
            SharedData.find("data/amazon_reviews_5000d/books_train.svmlight.gz"),
            OptionalInt.of(5000));
    assertEquals(2000, reviews.size());
    assertEquals(List.of("-1", "1"), reviews.targets().classes());
  }

  @Test
  void readsMatlabFeaturesAndTasks() {
    MatlabFile surf =
        MatlabFile.read(SharedData.find("data/office_caltech10_surf/dslr_SURF_L10.mat"));
    Labeled<ClassLabels> dslr = surf.classes("fts", "labels");
    assertEquals(157, dslr.size());
    assertEquals(
        List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"), dslr.targets().classes());
    assertEquals(800, row(dslr.examples(), 0).length);
    assertTrue(
        assertThrows(DataException.class, () -> surf.classes("features", "labels"))
            .getMessage()
            .contains("has no matrix 'features'"));

    List<Labeled<RegressionTargets>> schools =
        MatlabFile.read(SharedData.find("data/school/school.mat")).tasks("X", "Y");
    assertEquals(139, schools.size());
    assertEquals(15362, schools.stream().mapToInt(Labeled::size).sum());
    assertEquals(28, row(schools.get(0).examples(), 0).length);

    Labeled<ClassLabels> coil =
        MatlabFile.read(SharedData.find("data/coil20/COIL20.mat")).classes("X", "Y");
    assertEquals(1440, coil.size());
    assertEquals(20, coil.targets().classes().size());
  }

  @Test
  void findsExamplesAndLabelsOfAMatlabFileWithoutNames() {
    Path objects = SharedData.find("data/coil20/COIL20.mat");
    Labeled<ClassLabels> found = Datasets.open(objects, DataOptions.DEFAULTS).data();
    assertEquals(MatlabFile.read(objects).classes("X", "Y").targets(), found.targets());
    assertArrayEquals(
        row(MatlabFile.read(objects).classes("X", "Y").examples(), 7), row(found.examples(), 7));
    Path schools = SharedData.find("data/school/school.mat");
    DataException unclear =
        assertThrows(
            DataException.class, () -> Datasets.open(schools, DataOptions.DEFAULTS).data());
    assertTrue(unclear.getMessage().contains("one variable with one column"), unclear.getMessage());
  }

  @Test
  void rowsOfNumbersAreSeenAsImages() {
    Dataset rows =
        new MatrixRows("m", new float[] {0, 4, 8, 16, 12, 2}, 6, i -> "row " + i, List.of());
    ImageSample lines = (ImageSample) new RowImages(3, 2, 0, 16, false).of(rows).sample(0);
    assertArrayEquals(new byte[] {0, 64, (byte) 128, (byte) 255, (byte) 191, 32}, lines.pixels());
    ImageSample columns = (ImageSample) new RowImages(3, 2, 16, 0, true).of(rows).sample(0);
    assertArrayEquals(
        new byte[] {(byte) 255, (byte) 128, 64, (byte) 191, 0, (byte) 223}, columns.pixels());
    assertThrows(DataException.class, () -> new RowImages(4, 2, 0, 16, false).of(rows).sample(0));
    DataException outside =
        assertThrows(
            DataException.class, () -> new RowImages(3, 2, 0, 10, false).of(rows).sample(0));
    assertTrue(outside.getMessage().contains("row 0 has the pixel 16.0"), outside.getMessage());
  }

  @Test
  void refusesWhatIsNoMatlabFile() throws IOException {
    Path path = Files.write(folder.resolve("a.mat"), new byte[200]);
    DataException e = assertThrows(DataException.class, () -> MatlabFile.read(path));
    assertTrue(e.getMessage().contains("cannot be read as a MATLAB file"), e.getMessage());
    assertThrows(DataException.class, () -> MatlabFile.read(folder.resolve("nowhere.mat")));
  }
}
