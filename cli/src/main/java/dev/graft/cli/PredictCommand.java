package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.backend.Backend;
import dev.graft.backend.Backends;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.datasets.ImageFiles;
import dev.graft.model.NativeFeatures;
import dev.graft.onnx.ModelBundle;
import dev.graft.transfer.Prediction;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      arity = "1..*",
      paramLabel = "INPUT",
      description = "Images, folders of images, or files of examples such as a CSV.")
  private List<Path> inputs = List.of();

  @Option(names = "--strict", description = "An unreadable input ends the run.")
  private boolean strict;

  @Mixin private EngineOptions engine = new EngineOptions();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    TransferredModel model = ModelBundle.read(bundle);
    List<Dataset> data = open(model);
    try (Backend backend = engine.choice(err).open(Backends.discover());
        Predictor predictor = new Predictor(model, backend)) {
      for (Dataset examples : data) {
        predict(predictor, examples, out, err);
      }
    }
    out.flush();
    return 0;
  }

  /** Neighbouring images are one data set, so that they share batches. */
  private List<Dataset> open(TransferredModel model) throws IOException {
    List<Dataset> data = new ArrayList<>();
    List<Path> images = new ArrayList<>();
    Preprocessing first =
        model.preprocessing() instanceof NativeFeatures features
            ? features.inner()
            : model.preprocessing();
    boolean wantsImages = first instanceof ImagePreprocessing;
    for (Path input : inputs) {
      if (!Files.exists(input)) {
        throw new DataException("there is no file or folder " + input);
      }
      if (Files.isDirectory(input)) {
        try (Stream<Path> files = Files.walk(input)) {
          files.filter(f -> Files.isRegularFile(f) && isVisible(f)).sorted().forEach(images::add);
        }
      } else if (wantsImages && !input.toString().matches(".*\\.(bin|gz|csv)")) {
        images.add(input);
      } else {
        data.add(Datasets.open(input, DataOptions.DEFAULTS.withStrict(strict)).data().examples());
      }
    }
    if (!images.isEmpty()) {
      data.add(ImageFiles.of(images));
    }
    return data;
  }

  private static boolean isVisible(Path file) {
    return !file.getFileName().toString().startsWith(".");
  }

  private void predict(Predictor predictor, Dataset examples, PrintWriter out, PrintWriter err)
      throws IOException {
    List<Sample> samples = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      try {
        samples.add(examples.sample(i));
        ids.add(examples.id(i));
      } catch (DataException e) {
        if (strict) {
          throw e;
        }
        err.println("graft: left out " + examples.id(i) + ": " + e.getMessage());
      }
      if (samples.size() == BATCH || i == examples.size() - 1) {
        print(predictor.predict(samples), ids, out);
        samples.clear();
        ids.clear();
      }
    }
  }

  private static void print(List<Prediction> predictions, List<String> ids, PrintWriter out)
      throws IOException {
    for (int i = 0; i < predictions.size(); i++) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("input", ids.get(i));
      line.putAll(predictions.get(i).values());
      out.println(JSON.writeValueAsString(line));
    }
  }
}
