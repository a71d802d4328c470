package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.SkippedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder with one folder of files per class. Classes and files come in the order of their names;
 * files may lie in folders below their class; hidden files, and files that are of another kind by
 * name, are ignored.
 */
final class ClassFolders {
  private static final Set<String> PARTS =
      Set.of("train", "training", "val", "valid", "validation", "dev", "test", "testing");

  private final Path folder;
  private final FileKind kind;

  private ClassFolders(Path folder, FileKind kind) {
    this.folder = folder;
    this.kind = kind;
  }

  /**
   * @param strict whether a damaged file is an error instead of being skipped
   * @throws DataException if this is no such folder, a class has no file, or none that can be read
   */
  static Opened<ClassLabels> open(Path folder, FileKind kind, boolean strict) {
    return new ClassFolders(folder, kind).open(strict);
  }

  private Opened<ClassLabels> open(boolean strict) {
    List<String> classes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    for (Path classFolder : classFolders()) {
      String name = classFolder.getFileName().toString();
      List<Path> members = files(classFolder, kind);
      if (members.isEmpty()) {
        empty.add(name);
      }
      members.forEach(f -> labels.add(classes.size()));
      files.addAll(members);
      classes.add(name);
    }
    if (empty.size() == classes.size()) {
      throw new DataException(notAFolderOfClasses());
    }
    if (!empty.isEmpty()) {
      throw new DataException(
          "class folder "
              + empty
              + " of "
              + folder
              + " has no "
              + kind.noun()
              + ". Fill it or remove it; classes that have some: "
              + classes.stream().filter(c -> !empty.contains(c)).toList());
    }
    ClassLabels targets =
        new ClassLabels(classes, labels.stream().mapToInt(Integer::intValue).toArray());
    return withoutDamaged(folder, kind, files, targets, List.of(), strict);
  }

  /**
   * The files with their targets, without those that {@link FileKind.Check} finds damaged.
   *
   * @param groups of each file, or an empty list
   */
  static Opened<ClassLabels> withoutDamaged(
      Path folder,
      FileKind kind,
      List<Path> files,
      ClassLabels targets,
      List<String> groups,
      boolean strict) {
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    ExampleFiles all = new ExampleFiles(name, folder, files, groups, kind.decoder());
    List<Optional<SkippedExample>> damaged =
        IntStream.range(0, files.size())
            .parallel()
            .mapToObj(i -> inspect(kind, files.get(i), all.id(i)))
            .toList();
    List<SkippedExample> skipped = damaged.stream().flatMap(Optional::stream).toList();
    if (skipped.isEmpty()) {
      return Opened.whole(new Labeled<>(all, targets));
    }
    if (strict) {
      throw new DataException(
          skipped.size()
              + " of "
              + files.size()
              + " "
              + kind.noun()
              + " in "
              + folder
              + " cannot be read; the first is "
              + skipped.get(0).id()
              + ": "
              + skipped.get(0).reason());
    }
    int[] good = IntStream.range(0, files.size()).filter(i -> damaged.get(i).isEmpty()).toArray();
    ClassLabels rest = targets.subset(good);
    requireSomeOfEach(folder, kind, rest, skipped);
    ExampleFiles readable =
        new ExampleFiles(name, folder, pick(files, good), pick(groups, good), kind.decoder());
    return new Opened<>(new Labeled<>(readable, rest), skipped);
  }

  private static <E> List<E> pick(List<E> list, int[] positions) {
    return list.isEmpty() ? list : Arrays.stream(positions).mapToObj(list::get).toList();
  }

  private static void requireSomeOfEach(
      Path folder, FileKind kind, ClassLabels targets, List<SkippedExample> skipped) {
    int[] counts = targets.counts();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] == 0) {
        throw new DataException(
            "not one of the "
                + kind.noun()
                + " of class '"
                + targets.classes().get(c)
                + "' in "
                + folder
                + " can be read; the first: "
                + skipped.get(0));
      }
    }
  }

  private static Optional<SkippedExample> inspect(FileKind kind, Path file, String id) {
    try {
      kind.check().check(file, id);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(new SkippedExample(id, "cannot read the file: " + e));
    } catch (DataException e) {
      return Optional.of(new SkippedExample(id, e.getMessage()));
    }
  }

  /** Whether there are folders with such files below this one. */
  static boolean looksLikeOne(Path folder, FileKind kind) {
    return Files.isDirectory(folder)
        && children(folder).stream()
            .anyMatch(c -> Files.isDirectory(c) && !files(c, kind).isEmpty());
  }

  private List<Path> classFolders() {
    if (!Files.exists(folder)) {
      throw new DataException("there is no folder " + folder);
    }
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          folder
              + " is a file; a folder with one folder of "
              + kind.noun()
              + " per class is wanted");
    }
    List<Path> folders = children(folder).stream().filter(Files::isDirectory).toList();
    if (folders.isEmpty()) {
      throw new DataException(notAFolderOfClasses());
    }
    List<String> names = folders.stream().map(f -> f.getFileName().toString()).toList();
    if (PARTS.containsAll(names)) {
      throw new DataException(
          folder
              + " holds the parts "
              + names
              + " of a data set, not its classes. Name one of them, such as "
              + folders.get(0));
    }
    return folders;
  }

  private String notAFolderOfClasses() {
    List<Path> found = children(folder);
    long loose = found.stream().filter(kind::accepts).count();
    String names =
        found.stream()
            .limit(8)
            .map(f -> f.getFileName() + (Files.isDirectory(f) ? "/" : ""))
            .collect(Collectors.joining(", "));
    String what =
        found.isEmpty()
            ? "nothing"
            : loose > 0 && loose == found.size()
                ? loose + " " + kind.noun() + " but no class folders"
                : names + (found.size() > 8 ? ", ..." : "");
    return folder
        + " holds no folders with "
        + kind.noun()
        + ". It must have one folder of "
        + kind.description()
        + " per class; found: "
        + what;
  }

  /** All files of a kind at any depth, in the order of their paths. */
  static List<Path> files(Path folder, FileKind kind) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(kind::accepts)
          .filter(Files::isRegularFile)
          .filter(f -> !isHiddenBelow(folder, f))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException e) {
      throw new DataException("cannot list " + folder + ": " + e, e);
    }
  }

  private static boolean isHiddenBelow(Path folder, Path file) {
    for (Path part : folder.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> list = Files.list(folder)) {
      return list.filter(f -> !f.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException e) {
      throw new DataException("cannot list " + folder + ": " + e, e);
    }
  }
}
