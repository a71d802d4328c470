package dev.graft.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.random.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SplitsTest {
  private static ClassLabels labels(int size, int classes, long seed) {
    Seed random = new Seed(seed);
    return new ClassLabels(
        IntStream.range(0, classes).mapToObj(c -> "c" + c).toList(),
        IntStream.range(0, size)
            .map(i -> (int) Math.floorMod(random.bits(i), (long) classes))
            .toArray());
  }

  private static void assertPartition(int size, List<int[]> parts) {
    int[] all = parts.stream().flatMapToInt(Arrays::stream).sorted().toArray();
    assertArrayEquals(IntStream.range(0, size).toArray(), all);
  }

  @Property(tries = 200)
  void stratifiedPartsAreDisjointCompleteAndProportional(
      @ForAll @IntRange(min = 1, max = 300) int size,
      @ForAll @IntRange(min = 1, max = 8) int classes,
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    ClassLabels labels = labels(size, classes, seed);
    double[] fractions = {0.7, 0.2, 0.1};
    List<int[]> parts = Splits.stratified(labels, new Seed(seed), fractions);
    assertPartition(size, parts);
    int[] counts = labels.counts();
    for (int p = 0; p < 3; p++) {
      int[] inPart = labels.subset(parts.get(p)).counts();
      for (int c = 0; c < classes; c++) {
        assertTrue(
            Math.abs(inPart[c] - fractions[p] * counts[c]) <= 1.0 + 1e-9
                || counts[c]
                    < 10, // the guarantee of one in each part takes more from small classes
            () -> Arrays.toString(counts));
        assertTrue(counts[c] < 3 || inPart[c] > 0);
      }
    }
  }

  @Property(tries = 200)
  void noGroupIsOnBothSides(
      @ForAll @IntRange(min = 3, max = 300) int size,
      @ForAll @IntRange(min = 3, max = 20) int groupCount,
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    Seed random = new Seed(seed);
    List<String> groups =
        IntStream.range(0, size)
            .mapToObj(i -> "g" + (i < 3 ? i : Math.floorMod(random.bits(i), (long) groupCount)))
            .toList();
    List<int[]> parts = Splits.grouped(groups, random, 0.6, 0.2, 0.2);
    assertPartition(size, parts);
    Set<String> seen = new HashSet<>();
    for (int[] part : parts) {
      Set<String> here = Arrays.stream(part).mapToObj(groups::get).collect(Collectors.toSet());
      assertFalse(here.isEmpty());
      assertTrue(here.stream().noneMatch(seen::contains));
      seen.addAll(here);
    }
  }

  @Property(tries = 100)
  void fewerLabelsPerClassAreContainedInMore(@ForAll @LongRange(min = 0, max = 1000) long seed) {
    ClassLabels labels = labels(400, 4, seed);
    int[] few = Splits.perClass(labels, 5, new Seed(seed));
    int[] more = Splits.perClass(labels, 20, new Seed(seed));
    assertArrayEquals(new int[] {5, 5, 5, 5}, labels.subset(few).counts());
    assertArrayEquals(new int[] {20, 20, 20, 20}, labels.subset(more).counts());
    Set<Integer> contained = Arrays.stream(more).boxed().collect(Collectors.toSet());
    assertTrue(Arrays.stream(few).allMatch(contained::contains));
  }

  @Test
  void tooFewExamplesOfAClassAreNamed() {
    ClassLabels labels = new ClassLabels(List.of("ants", "bees"), new int[] {0, 0, 0, 1});
    DataException e =
        assertThrows(DataException.class, () -> Splits.perClass(labels, 2, new Seed(1)));
    assertEquals("cannot draw 2 examples of each class: 'bees' has 1", e.getMessage());
  }

  @Test
  void tooFewGroupsAreNamed() {
    DataException e =
        assertThrows(
            DataException.class,
            () -> Splits.grouped(List.of("george", "george"), new Seed(1), 0.5, 0.5));
    assertTrue(e.getMessage().contains("1 groups [george]"), e.getMessage());
  }

  @Test
  void foldsDifferByAtMostOneExample() {
    List<int[]> folds = Splits.folds(labels(103, 5, 3), 5, new Seed(3));
    assertPartition(103, folds);
    assertTrue(folds.stream().allMatch(f -> f.length == 20 || f.length == 21));
  }

  @Test
  void equalSeedsGiveEqualPartsAndOthersDoNot() {
    ClassLabels labels = labels(200, 3, 1);
    int[] first = Splits.stratified(labels, new Seed(5), 0.5, 0.5).get(0);
    assertArrayEquals(first, Splits.stratified(labels, new Seed(5), 0.5, 0.5).get(0));
    assertFalse(Arrays.equals(first, Splits.stratified(labels, new Seed(6), 0.5, 0.5).get(0)));
  }
}
