package dev.graft.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.graft.data.DataException;
import dev.graft.data.ImageSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskOpenerTest {
  @TempDir Path folder;

  /** 60 rows "speaker, x, y, label": three speakers, four classes, five of each. */
  @BeforeEach
  void rows() throws IOException {
    List<String> lines = new ArrayList<>(List.of("speaker,x,y,label"));
    for (String speaker : List.of("ann", "bob", "cem")) {
      for (String label : List.of("a", "b", "c", "d")) {
        for (int i = 0; i < 5; i++) {
          lines.add(speaker + "," + i + "," + (lines.size() % 16) + "," + label);
        }
      }
    }
    Files.write(folder.resolve("rows.csv"), lines);
  }

  private Map<String, Task> open(String settings) throws IOException {
    List<String> problems = new ArrayList<>();
    YamlNode node =
        new YamlNode(
            new ObjectMapper(new YAMLFactory())
                .readTree("{name: rows, train: rows.csv, groupColumn: speaker, " + settings + "}"),
            "data[1]",
            problems);
    SuiteFile.Data data = DataReader.read(node, folder);
    if (!problems.isEmpty()) {
      throw new DataException(String.join("; ", problems));
    }
    return TaskOpener.open(data);
  }

  private static Set<String> groups(Task task, boolean test) {
    var examples = test ? task.test().examples() : task.pool().examples();
    return new TreeSet<>(
        IntStream.range(0, examples.size())
            .mapToObj(i -> examples.group(i).orElseThrow())
            .toList());
  }

  @Test
  void everyGroupIsHeldOutInTurn() throws IOException {
    Map<String, Task> tasks = open("testGroup: each");
    assertEquals(
        List.of("rows, ann held out", "rows, bob held out", "rows, cem held out"),
        List.copyOf(tasks.keySet()));
    Task bob = tasks.get("rows, bob held out");
    assertEquals(Set.of("bob"), groups(bob, true));
    assertEquals(Set.of("ann", "cem"), groups(bob, false));
    assertEquals(40, bob.pool().size());
  }

  @Test
  void oneGroupMayBeHeldOut() throws IOException {
    assertEquals(Set.of("rows, cem held out"), open("testGroup: cem").keySet());
    DataException e = assertThrows(DataException.class, () -> open("testGroup: dan"));
    assertTrue(e.getMessage().contains("no group 'dan'"), e.getMessage());
  }

  @Test
  void someClassesMakeATaskOfTheirOwn() throws IOException {
    Task task = open("testFraction: 0.2, classes: [d, b]").get("rows");
    assertEquals(List.of("b", "d"), task.pool().targets().classes());
    assertArrayEquals(new int[] {12, 12}, task.pool().targets().counts());
    assertArrayEquals(new int[] {3, 3}, task.test().targets().counts());
    DataException e = assertThrows(DataException.class, () -> open("classes: [e]"));
    assertTrue(e.getMessage().contains("no class 'e'. Closest: a"), e.getMessage());
  }

  @Test
  void aTestFileOfItsOwnGetsTheClassesOfTheTrainingPart() throws IOException {
    Files.write(folder.resolve("test.csv"), List.of("speaker,x,y,label", "z,1,1,d", "z,1,2,a"));
    Task task = open("test: test.csv, classes: [c, d]").get("rows");
    assertEquals(List.of("c", "d"), task.test().targets().classes());
    assertArrayEquals(new int[] {1}, task.test().targets().labels());
  }

  @Test
  void testExamplesAreLimitedInProportionToTheClasses() throws IOException {
    Map<String, Task> tasks = open("testGroup: ann, testExamples: 8");
    Task task = tasks.get("rows, ann held out");
    assertArrayEquals(new int[] {2, 2, 2, 2}, task.test().targets().counts());
    assertEquals(40, task.pool().size(), "what is not judged by is not trained on either");
  }

  @Test
  void rowsOfNumbersAreSeenAsImages() throws IOException {
    Task task = open("images: {width: 2, height: 1, white: 16}").get("rows");
    ImageSample image = (ImageSample) task.pool().examples().sample(0);
    assertEquals(2, image.width());
  }

  @Test
  void superclassesAreThoseOfCifar100() {
    DataException e = assertThrows(DataException.class, () -> open("superclasses: [fish]"));
    assertTrue(e.getMessage().contains("'kind' must be cifar100"), e.getMessage());
  }

  @Test
  void onlyOneKindOfTestPartIsGiven() {
    DataException e =
        assertThrows(DataException.class, () -> open("testFraction: 0.2, testGroup: ann"));
    assertTrue(e.getMessage().contains("give one of [testFraction, testGroup]"), e.getMessage());
  }
}
