package dev.graft.benchmarks.suite;

import dev.graft.benchmarks.suite.SuiteFile.TestPart;
import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.datasets.CifarFile;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.graph.Suggestions;
import dev.graft.random.Seed;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** Opens the tasks that a suite file's {@code data} describe. */
final class TaskOpener {
  /** What is held back as test part is the same in every run. */
  private static final Seed TEST_PART = new Seed(20_260_102);

  private final SuiteFile.Data data;

  private TaskOpener(SuiteFile.Data data) {
    this.data = data;
  }

  /**
   * The tasks by name: one, or one for each group that is held back in turn.
   *
   * @throws DataException if files cannot be read, or lack a class or group that is asked for
   */
  static Map<String, Task> open(SuiteFile.Data data) {
    return new TaskOpener(data).open();
  }

  private Map<String, Task> open() {
    Labeled<ClassLabels> all = read(data.train(), data.options());
    List<String> classes = classes(all.targets().classes());
    Labeled<ClassLabels> kept = Classes.only(all, classes);
    Map<String, Task> tasks = new LinkedHashMap<>();
    if (data.test() instanceof TestPart.Separate separate) {
      tasks.put(data.name(), new Task(kept, limited(separate(separate.path(), all, classes))));
    } else if (data.test() instanceof TestPart.Share share) {
      List<int[]> parts =
          Splits.stratified(kept.targets(), TEST_PART, 1 - share.fraction(), share.fraction());
      tasks.put(data.name(), task(kept, parts.get(1)));
    } else if (data.test() instanceof TestPart.Group group) {
      Map<String, int[]> groups = Splits.byGroupName(Splits.groupsOf(kept.examples()));
      for (String name : chosen(group, groups)) {
        tasks.put(data.name() + ", " + name + " held out", task(kept, groups.get(name)));
      }
    }
    return tasks;
  }

  /** The classes that stay: all, or those that are named or belong to the superclasses named. */
  private List<String> classes(List<String> all) {
    if (data.classes().isEmpty() && data.superclasses().isEmpty()) {
      return all;
    }
    data.classes().forEach(c -> requireOneOf("class", c, all));
    Set<String> wanted = new HashSet<>(data.classes());
    if (!data.superclasses().isEmpty()) {
      SortedMap<String, SortedSet<String>> members = CifarFile.superclasses(data.train());
      for (String superclass : data.superclasses()) {
        requireOneOf("superclass", superclass, members.keySet());
        wanted.addAll(members.get(superclass));
      }
    }
    return all.stream().filter(wanted::contains).toList();
  }

  private void requireOneOf(String what, String name, Collection<String> known) {
    if (!known.contains(name)) {
      throw new DataException(
          "data '"
              + data.name()
              + "' has no "
              + what
              + " '"
              + name
              + "'. "
              + Suggestions.closest(name, known));
    }
  }

  /** The test part in a file of its own: with the classes of the training part. */
  private Labeled<ClassLabels> separate(
      Path path, Labeled<ClassLabels> training, List<String> classes) {
    List<String> all = training.targets().classes();
    return Classes.only(read(path, data.options().withClasses(all)), classes);
  }

  private List<String> chosen(TestPart.Group group, Map<String, int[]> groups) {
    if (groups.size() < 2) {
      throw new DataException(
          "data '"
              + data.name()
              + "' has only the group "
              + groups.keySet()
              + "; none can be left");
    }
    if (group.name().isEmpty()) {
      return List.copyOf(groups.keySet());
    }
    String name = group.name().get();
    requireOneOf("group", name, groups.keySet());
    return List.of(name);
  }

  private Task task(Labeled<ClassLabels> all, int[] test) {
    return new Task(all.subset(Splits.complement(all.size(), test)), limited(all.subset(test)));
  }

  /** At most the number of test examples that the suite wants, always the same ones. */
  private Labeled<ClassLabels> limited(Labeled<ClassLabels> test) {
    if (data.testExamples().isEmpty() || data.testExamples().getAsInt() >= test.size()) {
      return test;
    }
    double share = (double) data.testExamples().getAsInt() / test.size();
    return test.subset(Splits.stratified(test.targets(), TEST_PART, share, 1 - share).get(0));
  }

  private Labeled<ClassLabels> read(Path path, DataOptions options) {
    Labeled<ClassLabels> opened = Datasets.open(path, options).data();
    return data.images()
        .map(form -> new Labeled<>(form.of(opened.examples()), opened.targets()))
        .orElse(opened);
  }
}
