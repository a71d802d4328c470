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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder with one folder of images per class: {@code train/ants/*.jpg}. Classes and files come in
 * the order of their names; images may lie in folders below their class; hidden files, and files
 * that are no images by name, are ignored.
 */
public final class ImageFolder {
  private static final Set<String> PARTS =
      Set.of("train", "training", "val", "valid", "validation", "dev", "test", "testing");

  private ImageFolder() {}

  /**
   * @param strict whether a damaged image is an error instead of being skipped
   * @throws DataException if this is no such folder, a class has no image, or none that can be read
   */
  public static Opened<ClassLabels> open(Path folder, boolean strict) {
    List<Path> classFolders = classFolders(folder);
    List<String> classes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    for (Path classFolder : classFolders) {
      List<Path> images = images(classFolder);
      if (images.isEmpty()) {
        empty.add(classFolder.getFileName().toString());
      }
      images.forEach(f -> labels.add(classes.size()));
      files.addAll(images);
      classes.add(classFolder.getFileName().toString());
    }
    if (empty.size() == classes.size()) {
      throw new DataException(notAFolderOfClasses(folder));
    }
    if (!empty.isEmpty()) {
      throw new DataException(
          "class folder "
              + empty
              + " of "
              + folder
              + " has no images. Fill it or remove it; classes with images: "
              + classes.stream().filter(c -> !empty.contains(c)).toList());
    }
    ImageFiles all = new ImageFiles(folder.getFileName().toString(), folder, files);
    ClassLabels targets =
        new ClassLabels(classes, labels.stream().mapToInt(Integer::intValue).toArray());
    return withoutDamaged(new Labeled<>(all, targets), all, folder, strict);
  }

  private static Opened<ClassLabels> withoutDamaged(
      Labeled<ClassLabels> all, ImageFiles files, Path folder, boolean strict) {
    List<Optional<SkippedExample>> damaged =
        IntStream.range(0, all.size())
            .parallel()
            .mapToObj(i -> ImageFiles.inspect(files.file(i), files.id(i)))
            .toList();
    List<SkippedExample> skipped = damaged.stream().flatMap(Optional::stream).toList();
    if (skipped.isEmpty()) {
      return Opened.whole(all);
    }
    if (strict) {
      throw new DataException(
          skipped.size()
              + " of "
              + all.size()
              + " images in "
              + folder
              + " cannot be read; the first is "
              + skipped.get(0).id()
              + ": "
              + skipped.get(0).reason());
    }
    int[] good = IntStream.range(0, all.size()).filter(i -> damaged.get(i).isEmpty()).toArray();
    List<Path> goodFiles = Arrays.stream(good).mapToObj(files::file).toList();
    ClassLabels targets = all.targets().subset(good);
    int[] counts = targets.counts();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] == 0) {
        throw new DataException(
            "not one image of class '"
                + targets.classes().get(c)
                + "' in "
                + folder
                + " can be read; the first: "
                + skipped.get(0));
      }
    }
    return new Opened<>(
        new Labeled<>(new ImageFiles(files.name(), folder, goodFiles), targets), skipped);
  }

  /** Whether there are folders with images below this one. */
  static boolean looksLikeOne(Path folder) {
    return Files.isDirectory(folder)
        && children(folder).stream().anyMatch(c -> Files.isDirectory(c) && !images(c).isEmpty());
  }

  private static List<Path> classFolders(Path folder) {
    if (!Files.exists(folder)) {
      throw new DataException("there is no folder " + folder);
    }
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder + " is a file; an image folder has one folder per class");
    }
    List<Path> folders = children(folder).stream().filter(Files::isDirectory).toList();
    if (folders.isEmpty()) {
      throw new DataException(notAFolderOfClasses(folder));
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

  private static String notAFolderOfClasses(Path folder) {
    List<Path> found = children(folder);
    long images = found.stream().filter(ImageFiles::isImageName).count();
    List<String> names =
        found.stream()
            .limit(8)
            .map(f -> f.getFileName() + (Files.isDirectory(f) ? "/" : ""))
            .toList();
    String what =
        found.isEmpty()
            ? "nothing"
            : images > 0 && images == found.size()
                ? images + " images but no class folders"
                : String.join(", ", names) + (found.size() > 8 ? ", ..." : "");
    return folder
        + " holds no folders with images. It must have one folder of JPEG or PNG files per class,"
        + " such as "
        + folder.getFileName()
        + "/ants/1.jpg; found: "
        + what;
  }

  /** All images at any depth, in the order of their paths. */
  static List<Path> images(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(ImageFiles::isImageName)
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
