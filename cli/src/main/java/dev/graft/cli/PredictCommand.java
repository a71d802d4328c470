package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.backend.Backend;
import dev.graft.backend.Backends;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.data.TextSample;
import dev.graft.data.WordsSample;
import dev.graft.datasets.AudioFolder;
import dev.graft.datasets.DataKind;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.datasets.ImageFiles;
import dev.graft.datasets.LogMelPreprocessing;
import dev.graft.datasets.TablePreprocessing;
import dev.graft.model.NativeFeatures;
import dev.graft.onnx.ModelBundle;
import dev.graft.text.TextPreprocessing;
import dev.graft.transfer.Output;
import dev.graft.transfer.Prediction;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferredModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graft predict}. */
@Command(
    name = "predict",
    description = "Prints one line of JSON per input, in their order: label and probabilities.",
    mixinStandardHelpOptions = true)
final class PredictCommand implements Callable<Integer> {
  private static final int BATCH = 32;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "BUNDLE",
      description = "A folder that 'graft train' wrote.")
  private Path bundle = Path.of("");

  @Parameters(
      arity = "0..*",
      paramLabel = "INPUT",
      description =
          "Images, folders of images, files of examples such as a CSV, or - for standard input,"
              + " one text or file per line, or a table with the names of its columns. Without any,"
              + " standard input.")
  private List<String> inputs = List.of("-");

  @Option(names = "--text", paramLabel = "COLUMN", description = "The text's column of a table.")
  private @Nullable String text;

  @Option(
      names = "--pair",
      paramLabel = "COLUMN",
      description = "A table's column with what is read beside the text, such as the passage.")
  private @Nullable String pair;

  @Option(names = "--strict", description = "An unreadable input ends the run.")
  private boolean strict;

  @Mixin private EngineOptions engine = new EngineOptions();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    TransferredModel model = ModelBundle.read(bundle);
    try (Backend backend = engine.choice(err).open(Backends.discover());
        Predictor predictor = new Predictor(model, backend)) {
      Batches batches = new Batches(predictor, out, err);
      for (String input : inputs) {
        if (input.equals("-")) {
          readLines(model, batches);
        } else {
          read(Path.of(input), model, batches);
        }
      }
      batches.flush();
    }
    return 0;
  }

  private void read(Path input, TransferredModel model, Batches batches) throws IOException {
    if (!Files.exists(input)) {
      throw new DataException("there is no file or folder " + input);
    }
    boolean listens = first(model) instanceof LogMelPreprocessing;
    boolean wantsFiles = listens || first(model) instanceof ImagePreprocessing;
    Function<List<Path>, Dataset> kind = listens ? AudioFolder::of : ImageFiles::of;
    if (Files.isDirectory(input)) {
      try (Stream<Path> files = Files.walk(input)) {
        List<Path> all =
            files.filter(f -> Files.isRegularFile(f) && isVisible(f)).sorted().toList();
        add(kind.apply(all), model, batches);
      }
    } else if (wantsFiles && !input.toString().matches(".*\\.(bin|gz|csv)")) {
      add(kind.apply(List.of(input)), model, batches);
    } else {
      DataOptions options = DataOptions.DEFAULTS.withStrict(strict);
      options = text == null ? options : options.withTextColumn(text);
      options = pair == null ? options : options.withPairColumn(pair);
      options =
          first(model) instanceof TablePreprocessing ? options.withKind(DataKind.TABLE) : options;
      add(Datasets.openExamples(input, options), model, batches);
    }
  }

  /** What the samples go through first. */
  private static Preprocessing first(TransferredModel model) {
    return model.preprocessing() instanceof NativeFeatures features
        ? features.inner()
        : model.preprocessing();
  }

  private static void add(Dataset examples, TransferredModel model, Batches batches)
      throws IOException {
    for (int i = 0; i < examples.size(); i++) {
      int at = i;
      batches.add(examples.id(i), () -> fitting(examples.sample(at), model));
    }
  }

  /** A line is a text where the model reads texts, with a tab before its pair; else a file. */
  private void readLines(TransferredModel model, Batches batches) throws IOException {
    if (first(model) instanceof TablePreprocessing) {
      readTable(model, batches);
      return;
    }
    boolean texts = first(model) instanceof TextPreprocessing;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (texts) {
        String[] parts = line.split("\t", 2);
        Optional<String> beside = parts.length > 1 ? Optional.of(parts[1]) : Optional.empty();
        Sample sample = new TextSample(parts[0], beside);
        batches.add("line " + number, () -> fitting(sample, model));
      } else if (!line.isBlank()) {
        read(Path.of(line.strip()), model, batches);
      }
      if (!lines.ready()) {
        batches.flush(); // whoever writes line by line wants answers line by line
      }
    }
  }

  private void readTable(TransferredModel model, Batches batches) throws IOException {
    Path table = Files.createTempFile("standard-input", ".csv");
    try {
      Files.copy(System.in, table, StandardCopyOption.REPLACE_EXISTING);
      read(table, model, batches);
    } finally {
      Files.delete(table);
    }
  }

  /** A model that tags words gets a text as its words. */
  private static Sample fitting(Sample sample, TransferredModel model) {
    return model.output() instanceof Output.TokenClasses && sample instanceof TextSample t
        ? new WordsSample(List.of(t.text().strip().split("\\s+", -1)))
        : sample;
  }

  private static boolean isVisible(Path file) {
    return !file.getFileName().toString().startsWith(".");
  }

  /** Collects inputs and predicts them batch by batch, in their order. */
  private final class Batches {
    private final Predictor predictor;
    private final PrintWriter out;
    private final PrintWriter err;
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();

    Batches(Predictor predictor, PrintWriter out, PrintWriter err) {
      this.predictor = predictor;
      this.out = out;
      this.err = err;
    }

    void add(String id, Supplier<Sample> sample) throws IOException {
      try {
        samples.add(sample.get());
        ids.add(id);
      } catch (DataException e) {
        if (strict) {
          throw e;
        }
        err.println("graft: left out " + id + ": " + e.getMessage());
      }
      if (samples.size() == BATCH) {
        flush();
      }
    }

    void flush() throws IOException {
      List<Prediction> predictions = predictor.predict(samples);
      for (int i = 0; i < predictions.size(); i++) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("input", ids.get(i));
        line.putAll(predictions.get(i).values());
        out.println(JSON.writeValueAsString(line));
      }
      out.flush();
      samples.clear();
      ids.clear();
    }
  }
}
