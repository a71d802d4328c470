package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Recordings as WAV files with their classes. */
public final class AudioFolder {
  static final FileKind KIND =
      new FileKind(
          "recordings",
          "WAV files",
          Set.of("wav", "wave"),
          WavDecoder::decode,
          // Recordings are small beside images, and their headers say little of the rest.
          (file, id) -> WavDecoder.decode(Compressed.plain(file), id));

  private static final Pattern NAMED = Pattern.compile("([^_]+)_([^_]+)_[^_]+\\.[^.]+");

  private AudioFolder() {}

  /**
   * A folder with one folder of recordings per class, or one whose files are named {@code
   * CLASS_SPEAKER_NUMBER.wav} as those of the Free Spoken Digit Dataset; there the speaker is the
   * group of each recording.
   *
   * @param strict whether a damaged recording is an error instead of being skipped
   * @throws DataException if it is neither, or nothing can be read
   */
  public static Opened<ClassLabels> open(Path folder, boolean strict) {
    return isNamed(folder) ? openNamed(folder, strict) : ClassFolders.open(folder, KIND, strict);
  }

  /** The given files in the given order, without labels. */
  public static Dataset of(List<Path> files) {
    return new ExampleFiles("recordings", Path.of(""), files, List.of(), WavDecoder::decode);
  }

  /** Whether there are recordings of either layout. */
  static boolean looksLikeOne(Path folder) {
    return isNamed(folder) || ClassFolders.looksLikeOne(folder, KIND);
  }

  private static boolean isNamed(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    List<Path> files = ClassFolders.files(folder, KIND);
    return !files.isEmpty()
        && files.stream().allMatch(f -> folder.equals(f.getParent()) && name(f).matches());
  }

  private static Matcher name(Path file) {
    return NAMED.matcher(file.getFileName().toString());
  }

  private static Opened<ClassLabels> openNamed(Path folder, boolean strict) {
    List<Path> files = ClassFolders.files(folder, KIND);
    List<String> labels = new ArrayList<>();
    List<String> speakers = new ArrayList<>();
    for (Path file : files) {
      Matcher name = name(file);
      if (!name.matches()) {
        throw new DataException(file + " is not named CLASS_SPEAKER_NUMBER.wav");
      }
      labels.add(name.group(1));
      speakers.add(name.group(2));
    }
    List<String> classes = Table.ordered(new TreeSet<>(labels));
    ClassLabels targets =
        new ClassLabels(classes, labels.stream().mapToInt(classes::indexOf).toArray());
    return ClassFolders.withoutDamaged(folder, KIND, files, targets, speakers, strict);
  }
}
