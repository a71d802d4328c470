package dev.graft.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DataHygieneTest {
  /** Words as examples; the part before a colon is the group. */
  private record Words(String name, List<String> words) implements Dataset {
    @Override
    public int size() {
      return words.size();
    }

    @Override
    public Sample sample(int i) {
      return new TensorSample(HostTensor.scalar(words.get(i).length()));
    }

    @Override
    public String id(int i) {
      return name + "/" + i;
    }

    @Override
    public String fingerprint() {
      return String.join(",", words);
    }

    @Override
    public String fingerprint(int i) {
      return words.get(i);
    }

    @Override
    public Optional<String> group(int i) {
      return words.get(i).contains(":")
          ? Optional.of(words.get(i).split(":", -1)[0])
          : Optional.empty();
    }
  }

  @Test
  void duplicatesBetweenPartsAreNamed() {
    Dataset train = new Words("train", List.of("a", "b", "c"));
    Dataset validation = new Words("val", List.of("x", "c", "a", "c"));
    assertEquals(
        List.of(
            new Duplicate("train/2", "val/1"),
            new Duplicate("train/0", "val/2"),
            new Duplicate("train/2", "val/3")),
        Duplicate.between(train, validation));
  }

  @Test
  void aSubsetHasItsOwnFingerprintAndKeepsTheExamples() {
    Dataset words = new Words("w", List.of("s:a", "t:b", "t:c"));
    Dataset part = words.subset(new int[] {2, 1}).subset(new int[] {0});
    assertEquals("w/2", part.id(0));
    assertEquals(Optional.of("t"), part.group(0));
    assertEquals("t:c", part.fingerprint(0));
    assertEquals(part.fingerprint(), words.subset(new int[] {2}).fingerprint());
    assertNotEquals(words.fingerprint(), part.fingerprint());
    assertNotEquals(words.subset(new int[] {1}).fingerprint(), part.fingerprint());
  }

  @Test
  void dataWithoutGroupsCannotBeSplitByGroup() {
    assertEquals(List.of("s", "t"), Splits.groupsOf(new Words("w", List.of("s:a", "t:b"))));
    DataException e =
        assertThrows(
            DataException.class, () -> Splits.groupsOf(new Words("w", List.of("s:a", "b"))));
    assertTrue(e.getMessage().contains("w/1 belongs to none"), e.getMessage());
  }

  @Test
  void findsTargetClassesAmongTheTrainedOnes() {
    List<String> imagenet =
        List.of("ant, emmet, pismire", "bee", "bee eater", "Egyptian cat", "glass, drinking glass");
    assertEquals(
        List.of(new ClassOverlap("ants", "ant, emmet, pismire"), new ClassOverlap("bees", "bee")),
        ClassOverlap.between(List.of("ants", "bees"), imagenet));
    assertEquals(
        List.of(new ClassOverlap("cat", "Egyptian cat")),
        ClassOverlap.between(List.of("cat", "class", "eater_x"), imagenet));
    assertEquals(1, ClassOverlap.between(List.of("glasses"), imagenet).size());
    assertEquals(0, ClassOverlap.between(List.of("0", "1"), imagenet).size());
  }

  @Test
  void findsTargetClassesByWordNetId() {
    assertEquals(
        1,
        ClassOverlap.between(List.of("n02219486"), List.of("n02219486 ant, emmet", "n02206856 bee"))
            .size());
  }

  @Test
  void labelsMoveToAnotherListOfClasses() {
    ClassLabels labels = new ClassLabels(List.of("bees", "ants"), new int[] {0, 1, 1});
    assertArrayEquals(new int[] {2, 0, 0}, labels.in(List.of("ants", "wasps", "bees")).labels());
    DataException e = assertThrows(DataException.class, () -> labels.in(List.of("ants", "wasps")));
    assertTrue(e.getMessage().contains("[bees]"), e.getMessage());
  }

  @Test
  void labelsOutsideTheirRangeAreRefused() {
    DataException e =
        assertThrows(
            DataException.class, () -> new ClassLabels(List.of("a", "b"), new int[] {0, 2}));
    assertEquals("example 1 has label 2, but there are 2 classes (0 to 1)", e.getMessage());
  }
}
