package dev.graft.datasets;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Opens data of any kind, by finding out what a path holds. */
public final class Datasets {
  private static final int CIFAR10_RECORD = 3073;
  private static final int CIFAR100_RECORD = 3074;

  private Datasets() {}

  /**
   * Opens labelled data.
   *
   * @throws DataException if there is nothing, it is of no known kind, or it is damaged
   */
  public static Opened<ClassLabels> open(Path path, DataOptions options) {
    if (!Files.exists(path)) {
      throw new DataException("there is no file or folder " + path);
    }
    Opened<ClassLabels> opened =
        open(path, options, options.kind().orElseGet(() -> kind(path, options)));
    if (options.classes().isEmpty()) {
      return opened;
    }
    ClassLabels targets = opened.data().targets();
    try {
      return new Opened<>(
          new Labeled<>(opened.data().examples(), targets.in(options.classes().get())),
          opened.skipped());
    } catch (DataException e) {
      throw new DataException(path + " does not fit: " + e.getMessage(), e);
    }
  }

  /**
   * Opens examples without their labels, to predict them. A table may have a label column all the
   * same, if it is named in the options or named so; it is left out.
   *
   * @throws DataException if there is nothing, it is of no known kind, or it is damaged
   */
  public static Dataset openExamples(Path path, DataOptions options) {
    if (!Files.exists(path)) {
      throw new DataException("there is no file or folder " + path);
    }
    DataKind kind = options.kind().orElseGet(() -> kind(path, options));
    if (kind == DataKind.TEXT) {
      return Texts.examples(table(path, options), options.textColumns());
    }
    if (kind == DataKind.TABLE) {
      return MixedTable.rows(table(path, options), List.of(), options.groupColumn());
    }
    if (kind == DataKind.CSV) {
      Table table = table(path, options);
      List<Integer> labels = table.namedLabel(options.labelColumn()).stream().toList();
      return NumericCsv.rows(table, labels, options.groupColumn());
    }
    return open(path, options, kind).data().examples();
  }

  private static Opened<ClassLabels> open(Path path, DataOptions options, DataKind kind) {
    return switch (kind) {
      case IMAGE_FOLDER -> ImageFolder.open(path, options.strict());
      case IDX ->
          Opened.whole(
              options.labels().isPresent()
                  ? IdxFiles.open(path, options.labels().get())
                  : IdxFiles.open(path));
      case CIFAR10 -> Opened.whole(CifarFile.open(path, CifarFile.Labels.CIFAR10));
      case CIFAR100 -> Opened.whole(CifarFile.open(path, CifarFile.Labels.CIFAR100_FINE));
      case CIFAR100_COARSE -> Opened.whole(CifarFile.open(path, CifarFile.Labels.CIFAR100_COARSE));
      case CSV ->
          Opened.whole(
              NumericCsv.open(
                  table(path, options),
                  options.labelColumn(),
                  options.groupColumn(),
                  options.classes()));
      case TABLE ->
          Opened.whole(
              MixedTable.open(
                  table(path, options),
                  options.labelColumn(),
                  options.groupColumn(),
                  options.classes()));
      case TEXT ->
          Opened.whole(Texts.open(table(path, options), options.textColumns(), options.classes()));
      case SVMLIGHT -> Opened.whole(SvmlightFile.open(path, OptionalInt.empty()));
      case MATLAB -> Opened.whole(MatlabFile.read(path).classes(options.labelColumn()));
      case AUDIO_FOLDER -> AudioFolder.open(path, options.strict());
    };
  }

  private static Table table(Path path, DataOptions options) {
    return Table.read(path, options.separator(), options.header());
  }

  /**
   * What a path holds, by its name and content.
   *
   * @throws DataException if it is nothing known
   */
  public static DataKind kind(Path path, DataOptions options) {
    if (Files.isDirectory(path)) {
      return AudioFolder.looksLikeOne(path) ? DataKind.AUDIO_FOLDER : DataKind.IMAGE_FOLDER;
    }
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
    if (name.matches(".*\\.(csv|tsv|jsonl|ndjson)")) {
      return tableKind(table(path, options), options);
    }
    if (name.matches(".*\\.(svmlight|svm|libsvm)")) {
      return DataKind.SVMLIGHT;
    }
    if (name.endsWith(".mat")) {
      return DataKind.MATLAB;
    }
    if (IdxFiles.accepts(path)) {
      return DataKind.IDX;
    }
    if (name.endsWith(".bin")) {
      return cifarKind(path, name);
    }
    throw new DataException(
        path
            + " is no data that can be read. There is: a folder with one folder of images or"
            + " recordings per class, IDX images (*-images-idx3-ubyte), CIFAR binaries (*.bin),"
            + " tables of numbers, words or texts (*.csv, *.tsv, *.jsonl), sparse vectors"
            + " (*.svmlight); each file also compressed as .gz; and matrices (*.mat)");
  }

  private static DataKind tableKind(Table table, DataOptions options) {
    if (options.textColumns().find(table).isPresent()) {
      return DataKind.TEXT;
    }
    int label = table.labelColumn(options.labelColumn());
    int group = options.groupColumn().map(table::column).orElse(-1);
    // A column with some numbers is one of numbers, so that a slip in it is found and named.
    boolean words =
        IntStream.range(0, table.columns().size())
            .filter(c -> c != label && c != group)
            .anyMatch(c -> table.rows().stream().noneMatch(row -> Table.isNumber(row[c])));
    return words ? DataKind.TABLE : DataKind.CSV;
  }

  private static DataKind cifarKind(Path path, String name) {
    long size = Compressed.read(path).length;
    boolean ten = size % CIFAR10_RECORD == 0;
    boolean hundred = size % CIFAR100_RECORD == 0;
    if (ten && hundred) {
      ten = !name.contains("100");
      hundred = !ten;
    }
    if (!ten && !hundred) {
      throw new DataException(
          path
              + " has "
              + size
              + " bytes: neither whole CIFAR-10 records of 3073 nor CIFAR-100 records of 3074."
              + " Is it truncated?");
    }
    return ten ? DataKind.CIFAR10 : DataKind.CIFAR100;
  }
}
