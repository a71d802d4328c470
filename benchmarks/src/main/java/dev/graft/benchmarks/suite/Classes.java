package dev.graft.benchmarks.suite;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import java.util.List;
import java.util.stream.IntStream;

/** Tasks over some of the classes of a data set. */
public final class Classes {
  private Classes() {}

  /** The examples of these classes, which are all there are then, in this order. */
  public static Labeled<ClassLabels> only(Labeled<ClassLabels> all, List<String> classes) {
    ClassLabels targets = all.targets();
    if (classes.equals(targets.classes())) {
      return all;
    }
    int[] positions =
        IntStream.range(0, targets.size())
            .filter(i -> classes.contains(targets.classes().get(targets.label(i))))
            .toArray();
    Labeled<ClassLabels> part = all.subset(positions);
    return new Labeled<>(part.examples(), part.targets().in(classes));
  }
}
