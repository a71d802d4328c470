package dev.graft.data;

import dev.graft.random.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Divides data into parts. Every method gives positions, ascending within a part; parts are
 * disjoint, and equal seeds give equal parts.
 */
public final class Splits {
  private Splits() {}

  /**
   * Divides examples at random.
   *
   * @param fractions the share of each part; they sum to 1
   */
  public static List<int[]> random(int size, Seed seed, double... fractions) {
    check(fractions);
    List<List<Integer>> parts = emptyParts(fractions.length);
    divide(seed.permutation(size), fractions, parts);
    return sorted(parts);
  }

  /**
   * Divides so that each part has each class in proportion, to within one example. A class with at
   * least as many examples as there are parts is in every part.
   */
  public static List<int[]> stratified(ClassLabels labels, Seed seed, double... fractions) {
    check(fractions);
    List<List<Integer>> parts = emptyParts(fractions.length);
    for (int c = 0; c < labels.classes().size(); c++) {
      int[] members = shuffled(labels, c, seed);
      divide(members, fractions, parts);
    }
    return sorted(parts);
  }

  /**
   * Divides so that no group is in two parts, and the parts' sizes come near the fractions: groups
   * go, largest first, to the part that lacks most.
   *
   * @param groups the group of each example
   * @throws DataException if there are fewer groups than parts
   */
  public static List<int[]> grouped(List<String> groups, Seed seed, double... fractions) {
    check(fractions);
    Map<String, List<Integer>> members = byGroup(groups);
    if (members.size() < fractions.length) {
      throw new DataException(
          "cannot divide "
              + members.size()
              + " groups "
              + members.keySet()
              + " into "
              + fractions.length
              + " parts without a group in two of them");
    }
    List<List<Integer>> shuffled = new ArrayList<>(members.values());
    List<List<Integer>> order = new ArrayList<>();
    for (int i : seed.derive("groups").permutation(shuffled.size())) {
      order.add(shuffled.get(i));
    }
    order.sort(Comparator.comparingInt(g -> -g.size())); // stable, so ties stay shuffled
    List<List<Integer>> parts = emptyParts(fractions.length);
    for (int g = 0; g < order.size(); g++) {
      int remaining = order.size() - g;
      parts.get(neediest(parts, fractions, groups.size(), remaining)).addAll(order.get(g));
    }
    return sorted(parts);
  }

  /** One part for each group in turn, by name in ascending order: leave-one-group-out. */
  public static Map<String, int[]> byGroupName(List<String> groups) {
    Map<String, int[]> parts = new LinkedHashMap<>();
    byGroup(groups)
        .forEach((name, members) -> parts.put(name, members.stream().mapToInt(i -> i).toArray()));
    return parts;
  }

  /**
   * The groups of all examples of a data set.
   *
   * @throws DataException if an example has none
   */
  public static List<String> groupsOf(Dataset examples) {
    return IntStream.range(0, examples.size())
        .mapToObj(
            i ->
                examples
                    .group(i)
                    .orElseThrow(
                        () ->
                            new DataException(
                                "data set '"
                                    + examples.name()
                                    + "' has no groups, so it cannot be split by group: "
                                    + examples.id(i)
                                    + " belongs to none")))
        .toList();
  }

  /**
   * Draws {@code count} examples of each class. For one seed the draw of fewer is contained in the
   * draw of more, so that learning curves grow.
   *
   * @throws DataException if a class has too few examples
   */
  public static int[] perClass(ClassLabels labels, int count, Seed seed) {
    int[] counts = labels.counts();
    List<String> tooFew = new ArrayList<>();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] < count) {
        tooFew.add("'" + labels.classes().get(c) + "' has " + counts[c]);
      }
    }
    if (!tooFew.isEmpty()) {
      throw new DataException(
          "cannot draw " + count + " examples of each class: " + String.join(", ", tooFew));
    }
    return IntStream.range(0, counts.length)
        .flatMap(c -> Arrays.stream(shuffled(labels, c, seed)).limit(count))
        .sorted()
        .toArray();
  }

  /** {@code folds} stratified parts of nearly equal size, for cross-validation. */
  public static List<int[]> folds(ClassLabels labels, int folds, Seed seed) {
    List<List<Integer>> parts = emptyParts(folds);
    int next = 0; // continues over classes, so that fold sizes differ by one at most
    for (int c = 0; c < labels.classes().size(); c++) {
      for (int position : shuffled(labels, c, seed)) {
        parts.get(next++ % folds).add(position);
      }
    }
    return sorted(parts);
  }

  /** All positions below {@code size} that are not in {@code part}. */
  public static int[] complement(int size, int[] part) {
    boolean[] in = new boolean[size];
    for (int p : part) {
      in[p] = true;
    }
    return IntStream.range(0, size).filter(i -> !in[i]).toArray();
  }

  private static void check(double[] fractions) {
    double sum = Arrays.stream(fractions).sum();
    if (fractions.length < 2
        || Arrays.stream(fractions).anyMatch(f -> !(f > 0))
        || Math.abs(sum - 1) > 1e-9) {
      throw new IllegalArgumentException(
          "a split needs two or more positive fractions that sum to 1, but got "
              + Arrays.toString(fractions));
    }
  }

  private static List<List<Integer>> emptyParts(int count) {
    return IntStream.range(0, count).<List<Integer>>mapToObj(i -> new ArrayList<>()).toList();
  }

  private static int[] shuffled(ClassLabels labels, int label, Seed seed) {
    int[] members =
        IntStream.range(0, labels.size()).filter(i -> labels.label(i) == label).toArray();
    int[] order = seed.derive("class", label).permutation(members.length);
    return Arrays.stream(order).map(i -> members[i]).toArray();
  }

  /** Deals the members out by largest remainder, at least one to each part where they suffice. */
  private static void divide(int[] members, double[] fractions, List<List<Integer>> parts) {
    int n = members.length;
    int[] sizes = new int[fractions.length];
    int dealt = 0;
    for (int p = 0; p < sizes.length; p++) {
      sizes[p] = (int) Math.floor(fractions[p] * n + 1e-9);
      dealt += sizes[p];
    }
    for (; dealt < n; dealt++) {
      sizes[furthestBelow(sizes, fractions, n)]++;
    }
    for (int p = 0; p < sizes.length && n >= sizes.length; p++) {
      if (sizes[p] == 0) {
        int largest = 0;
        for (int q = 1; q < sizes.length; q++) {
          largest = sizes[q] > sizes[largest] ? q : largest;
        }
        sizes[largest]--;
        sizes[p]++;
      }
    }
    int at = 0;
    for (int p = 0; p < sizes.length; p++) {
      for (int k = 0; k < sizes[p]; k++) {
        parts.get(p).add(members[at++]);
      }
    }
  }

  private static int furthestBelow(int[] sizes, double[] fractions, int total) {
    int best = 0;
    for (int p = 1; p < sizes.length; p++) {
      if (fractions[p] * total - sizes[p] > fractions[best] * total - sizes[best] + 1e-9) {
        best = p;
      }
    }
    return best;
  }

  private static int neediest(
      List<List<Integer>> parts, double[] fractions, int total, int remainingGroups) {
    int[] sizes = parts.stream().mapToInt(List::size).toArray();
    long empty = Arrays.stream(sizes).filter(s -> s == 0).count();
    if (empty >= remainingGroups) { // the last groups are kept for parts that have none
      return IntStream.range(0, sizes.length).filter(p -> sizes[p] == 0).findFirst().orElseThrow();
    }
    return furthestBelow(sizes, fractions, total);
  }

  private static Map<String, List<Integer>> byGroup(List<String> groups) {
    Map<String, List<Integer>> members = new TreeMap<>();
    for (int i = 0; i < groups.size(); i++) {
      members.computeIfAbsent(groups.get(i), g -> new ArrayList<>()).add(i);
    }
    return members;
  }

  private static List<int[]> sorted(List<List<Integer>> parts) {
    return parts.stream().map(part -> part.stream().mapToInt(i -> i).sorted().toArray()).toList();
  }
}
