package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.graft.backend.Backend;
import dev.graft.data.Dataset;
import dev.graft.data.Folders;
import dev.graft.data.Sample;
import dev.graft.datasets.Opened;
import dev.graft.datasets.TablePreprocessing;
import dev.graft.eval.Evaluation;
import dev.graft.model.NativeFeatures;
import dev.graft.model.NativeModel;
import dev.graft.model.PretrainedModel;
import dev.graft.onnx.ModelBundle;
import dev.graft.onnx.OnnxWriter;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import dev.graft.strategies.Transfer;
import dev.graft.strategies.training.RateCurve;
import dev.graft.train.DivergedException;
import dev.graft.train.TrainingException;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Output;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code graft train}. */
@Command(
    name = "train",
    description = "Makes a model for your classes out of a pre-trained network.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  /** How many examples the exported model is tried on. */
  private static final int CHECKED = 8;

  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description = "Labelled examples: a folder with one folder per class, or a file.")
  private Path data = Path.of("");

  @Option(
      names = "--val",
      paramLabel = "PATH",
      description = "Examples for validation; without it, some of --data are held back.")
  private @Nullable Path validation;

  @Mixin private TestOptions tests = new TestOptions();
  @Mixin private DataSourceOptions sources = new DataSourceOptions();

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      defaultValue = Transfer.DEFAULT_STRATEGY,
      description =
          "feature-extraction, fine-tuning, from-scratch, or one of a plug-in. Default:"
              + " ${DEFAULT-VALUE}.")
  private String strategy = Transfer.DEFAULT_STRATEGY;

  @Option(
      names = "--cut",
      paramLabel = "VALUE",
      description = "The value to put the new head on; 'graft inspect' lists them.")
  private @Nullable String cut;

  @Option(
      names = "--head",
      paramLabel = "NAME",
      defaultValue = Inductive.LINEAR,
      description =
          "The new head: linear, mlp, or for feature-extraction also ridge, tribuo:logistic,"
              + " tribuo:liblinear, tribuo:knn, tribuo:random-forest, tribuo:xgboost, or one of a"
              + " plug-in. Default:"
              + " ${DEFAULT-VALUE}.")
  private String head = Inductive.LINEAR;

  @Option(
      names = "--quantize",
      paramLabel = "int8",
      description =
          "Also stores the weights as 8-bit integers, and says what that costs on the validation"
              + " data; needs --val.")
  private @Nullable Quantization quantize;

  /** How a finished model is made smaller. */
  enum Quantization {
    INT8
  }

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "model",
      description = "Where the model bundle goes. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("model");

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "All chance comes from it. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private FeatureOptions features = new FeatureOptions();

  @Option(
      names = "--resume",
      description =
          "Go on where an interrupted run with the same options stopped; the result is the same"
              + " as without the interruption.")
  private boolean resume;

  @Option(
      names = "--find-rate",
      paramLabel = "FILE.svg",
      description = "Try learning rates instead of training, and draw the losses.")
  private @Nullable Path findRate;

  @Mixin private EngineOptions engine = new EngineOptions();

  @ArgGroup(exclusive = false, heading = "%nTraining:%n", validate = false)
  private TrainingOptions training = new TrainingOptions();

  @Override
  public Integer call() throws IOException {
    PrintWriter output = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    long start = System.nanoTime();
    TrainingSettings settings = training.settings();
    if (quantize != null && validation == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--quantize needs --val, to measure what the smaller weights cost in accuracy");
    }
    Optional<NativeModel> runsOnly = model.runsOnly();
    BackendChoice choice =
        runsOnly.isPresent() ? engine.choice(runsOnly.get()) : engine.choice(err);
    requireWritable(out);
    Optional<PretrainedModel> graph =
        runsOnly.isPresent() ? Optional.empty() : Optional.of(model.read(() -> rows(err)));
    if (graph.isPresent() && graph.get().preprocessing() instanceof TablePreprocessing) {
      sources.asRows();
    }
    Opened<?> train = sources.openTargets(data, Optional.empty(), err);
    PretrainedModel network =
        graph.isPresent()
            ? graph.get()
            : model.features(runsOnly.orElseThrow(), engine, train.data().examples().sample(0));
    Output like = Output.of(train.data().targets());
    Optional<Opened<?>> held =
        Optional.ofNullable(validation).map(v -> sources.openTargets(v, Optional.of(like), err));
    output.println("training data    " + DataSourceOptions.describe(train));
    held.ifPresent(v -> output.println("validation data  " + DataSourceOptions.describe(v)));
    tests.open(sources, like, held, output, err);
    try (Console console = new Console();
        Console.Interruption interruption = Console.interruption(Duration.ofSeconds(20));
        Graft graft =
            Graft.open(
                features.module(choice, sources.loading(err)),
                binder -> binder.bind(TrainingSettings.class).toInstance(settings))) {
      Transfer transfer =
          graft
              .transfer(network)
              .with(strategy)
              .withHead(head)
              .seed(seed)
              .progress(console.training())
              .cancellation(interruption.cancellation());
      if (cut != null) {
        transfer = transfer.cutAt(cut);
      }
      if (findRate != null) {
        RateCurve curve = transfer.findRate(train.data());
        console.close();
        RatePlot.write(curve, findRate);
        output.printf(
            Locale.ROOT,
            "a good --rate is %.2g, a tenth of where the loss is lowest; see %s%n",
            curve.suggestion(),
            findRate);
        return 0;
      }
      Path state = out.toAbsolutePath().resolveSibling(out.getFileName() + ".checkpoints");
      if (!resume) {
        Folders.delete(state);
      }
      TransferredModel fitted = fit(transfer.checkpoints(state), train, held);
      TransferredModel stored = quantize == null ? fitted : fitted.quantized();
      console.close();
      Optional<Evaluation> evaluation = held.map(v -> graft.evaluate(stored, v.data()));
      Map<String, Evaluation> judged = tests.evaluate(graft, stored);
      TransferredModel made = stored.withMetrics(EvaluationReport.metrics(stored, judged));
      if (made.head().isPresent()) {
        Files.createDirectories(out);
      } else {
        save(made, graft.backend(), train);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      writeMetrics(made, evaluation, judged, graft.backend(), seconds);
      Folders.delete(state);
      print(output, made, evaluation, judged, seconds);
      if (quantize != null) {
        EvaluationReport.printLoss(
            output, fitted, graft.evaluate(fitted, held.orElseThrow().data()), made, evaluation);
      }
      if (held.filter(v -> v.data().examples().group(0).isPresent()).isPresent()) {
        EvaluationReport.printGroups(output, graft.evaluateByGroup(made, held.get().data()));
      }
    }
    return 0;
  }

  private Dataset rows(PrintWriter err) {
    return sources.asRows().openTargets(data, Optional.empty(), err).data().examples();
  }

  private TransferredModel fit(Transfer transfer, Opened<?> train, Optional<Opened<?>> held)
      throws IOException {
    try {
      return held.isPresent()
          ? transfer.fit(train.data(), held.get().data())
          : transfer.fit(train.data());
    } catch (DivergedException e) {
      throw keep(e);
    }
  }

  /** Finds out before any work whether the result can be written, and leaves nothing behind. */
  private static void requireWritable(Path folder) throws IOException {
    Path existing = folder.toAbsolutePath().normalize();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      throw new NotDirectoryException(existing.toString());
    }
    Files.delete(Files.createTempFile(existing, ".graft", ".probe"));
  }

  /** Keeps what there is of a training that diverged, and says where. */
  private TrainingException keep(DivergedException e) throws IOException {
    Files.createDirectories(out);
    Path file = out.resolve("last-good.onnx");
    OnnxWriter.STANDARD.write(e.lastGood(), file);
    return new TrainingException(
        e.getMessage() + " The network with the last good parameters is in " + file + ".", e);
  }

  private void save(TransferredModel made, Backend backend, Opened<?> train) throws IOException {
    List<Sample> samples =
        IntStream.range(0, Math.min(CHECKED, train.data().size()))
            .mapToObj(i -> train.data().examples().sample(i))
            .toList();
    try {
      ModelBundle.write(made, out, backend, samples);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // A full disk is reported without any file's name.
      throw new IOException(
          "the model cannot be written to " + out + ": " + FriendlyErrors.message(e), e);
    }
  }

  private void writeMetrics(
      TransferredModel made,
      Optional<Evaluation> evaluation,
      Map<String, Evaluation> judged,
      Backend backend,
      double seconds)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("strategy", strategy);
    all.put("backend", backend.name());
    all.put("device", backend.device().toString());
    all.put("versions", backend.versions());
    all.put("seed", seed);
    all.put("seconds", seconds);
    all.put("fitting", made.metrics());
    evaluation.ifPresent(
        e -> {
          all.put("validation", e.metrics());
          all.put("classes", e.classes());
          all.put("confusion", e.confusion());
          all.put("calibration", e.calibration().bins());
        });
    judged.forEach((part, e) -> all.put(part, e.metrics()));
    all.put("notes", made.summary().notes());
    if (evaluation.filter(e -> !e.calibration().bins().isEmpty()).isPresent()) {
      Files.writeString(
          out.resolve("reliability.svg"), ReliabilityPlot.svg(evaluation.get().calibration()));
    }
    Path temporary = Files.createTempFile(out, "metrics", ".tmp");
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(temporary.toFile(), all);
    Files.move(temporary, out.resolve("metrics.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private void print(
      PrintWriter output,
      TransferredModel made,
      Optional<Evaluation> evaluation,
      Map<String, Evaluation> judged,
      double seconds) {
    output.print(made.summary());
    evaluation.ifPresent(e -> EvaluationReport.print(output, "validation", e));
    judged.forEach((part, e) -> EvaluationReport.print(output, part, e));
    if (made.preprocessing() instanceof NativeFeatures features) {
      output.printf(
          "model.onnx is the head alone; the features before it come from %s, which is in the"
              + " bundle too and runs on backend '%s'%n",
          features.model().name(), features.model().format().backend());
    }
    output.printf(
        Locale.ROOT,
        "%.1f s; the %s in %s%n",
        seconds,
        made.head().isPresent() ? "metrics are" : "model is",
        out);
  }
}
