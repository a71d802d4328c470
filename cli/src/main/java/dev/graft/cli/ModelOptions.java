package dev.graft.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.PixelScaling;
import dev.graft.data.Preprocessing;
import dev.graft.data.Preprocessings;
import dev.graft.data.Sample;
import dev.graft.data.TensorPreprocessing;
import dev.graft.datasets.RowSample;
import dev.graft.datasets.TablePreprocessing;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.graph.edit.Cut;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.Heads;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormats;
import dev.graft.model.NamedModel;
import dev.graft.model.NamedModels;
import dev.graft.model.NativeFeatures;
import dev.graft.model.NativeModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.onnx.ModelBundle;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.text.TextInputs;
import dev.graft.text.TextPreprocessing;
import dev.graft.text.WordVectors;
import dev.graft.transfer.Output;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command is given a pre-trained network and what its input expects. */
final class ModelOptions {
  /** Of a file of word vectors; the frequent words come first. */
  private static final int MOST_WORDS = 200_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE|NAME",
      description =
          "The pre-trained network: an .onnx file, a folder that 'graft train' wrote, word vectors"
              + " as text (.vec, .txt), or minilm for the English all-MiniLM-L6-v2. For"
              + " feature-extraction also a TorchScript file or a SavedModel folder.")
  private Path file = Path.of("");

  @Option(
      names = "--preprocessing",
      paramLabel = "FILE",
      description =
          "What the network's input expects, as JSON. Without it: FILE.preprocessing.json or an"
              + " entry of zoo.json beside the model, then --size and --scaling. A network with one"
              + " channel of frames x bands gets YAMNet's log-mel front end; one of rows gets a"
              + " table's columns, numbers standardised and words one-hot, as in the training part.")
  private @Nullable Path preprocessing;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Side of the image the network takes; without it, as its input says.")
  private @Nullable Integer size;

  @Option(
      names = "--scaling",
      paramLabel = "FORMULA",
      description =
          "From pixel 0..255 to input: x/127.5-1, x/255, x-(123,117,104), or"
              + " (x/255-(m,m,m))/(s,s,s). Without it, ImageNet's mean and deviation.")
  private @Nullable String scaling;

  @Option(
      names = "--trained-on",
      paramLabel = "NAME",
      description = "What the network was pre-trained on, for the record.")
  private @Nullable String trainedOn;

  @Option(
      names = "--trained-classes",
      paramLabel = "FILE",
      description =
          "The classes it was pre-trained on, one a line, so that an overlap with yours is seen."
              + " Without it, a *labels*.txt beside the model.")
  private @Nullable Path trainedClasses;

  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      description = "What is beyond is left out of a text; without it, as the tokenizer says.")
  private @Nullable Integer maxLength;

  @Option(
      names = "--pooling",
      paramLabel = "HOW",
      defaultValue = "mean",
      description =
          "How a text's tokens become one vector: mean of all, or first. Default:"
              + " ${DEFAULT-VALUE}.")
  private Pooling pooling = Pooling.mean;

  /** As they are written on the command line. */
  enum Pooling {
    mean,
    first
  }

  /** Reads a network with what stands beside its file; see {@link #read(Supplier)}. */
  static PretrainedModel read(Path file, Supplier<Dataset> rows) throws IOException {
    ModelOptions options = new ModelOptions();
    options.file = file;
    return options.read(rows);
  }

  /**
   * Reads the network.
   *
   * @param rows gives the training examples, tables as rows; asked where the network takes rows and
   *     nothing says how they become numbers
   */
  PretrainedModel read(Supplier<Dataset> rows) throws IOException {
    Optional<NamedModel> named = NamedModels.discover().find(file.toString());
    PretrainedModel model =
        named.isPresent() && !Files.exists(file) ? named.get().load() : readFile(rows);
    Preprocessing preprocessing = model.preprocessing();
    if (maxLength != null) {
      if (!(preprocessing instanceof TextPreprocessing text)) {
        throw new DataException(
            "--max-length is for networks of texts, but " + file + " takes another input");
      }
      preprocessing = text.withMaxLength(maxLength);
    }
    GraphModel graph = pooling == Pooling.mean ? model.model() : firstToken(model.model());
    return new PretrainedModel(model.name(), graph, preprocessing, model.provenance());
  }

  /** The network with the vector of the first token as its output. */
  private static GraphModel firstToken(GraphModel model) {
    Graph cut = Cut.at(model.graph(), CutPoints.best(model.graph()).value());
    return new GraphModel(Heads.append(cut, Heads::first, "features"), model.parameters());
  }

  private PretrainedModel readFile(Supplier<Dataset> rows) throws IOException {
    if (ModelBundle.isBundle(file)) {
      return made();
    }
    if (file.toString().matches("(?i).*\\.(vec|txt)(\\.gz)?")) {
      return WordVectors.read(file, MOST_WORDS);
    }
    GraphModel model = ModelFormats.discover().read(file);
    String name = file.getFileName().toString().replaceFirst("\\.onnx$", "");
    Provenance provenance = provenance(model.parameters().fingerprint());
    return new PretrainedModel(name, model, preprocessing(model, rows), provenance);
  }

  /** A network that Graft made, with the preprocessing it was made with. */
  private PretrainedModel made() throws IOException {
    TransferredModel made = ModelBundle.read(file);
    Provenance before = made.provenance();
    Provenance provenance =
        new Provenance(
            file.toString(),
            made.model().parameters().fingerprint(),
            Optional.ofNullable(trainedOn)
                .or(() -> Optional.ofNullable(before.history().get("data"))),
            made.output() instanceof Output.Classes classes
                ? classes.names()
                : before.trainedClasses(),
            Map.of());
    return new PretrainedModel(
        file.getFileName().toString(), made.model(), made.preprocessing(), provenance);
  }

  /** The model, if it is in an engine's own format: one that runs, and no more. */
  Optional<NativeModel> runsOnly() throws IOException {
    return NativeModel.read(file);
  }

  /** The features of a model in an engine's own format, as a network to put a head on. */
  PretrainedModel features(NativeModel model, EngineOptions engine, Sample example)
      throws IOException {
    Map<String, Object> settings =
        new HashMap<>(settings(Optional.empty(), model.format().channelsLast()));
    NativeFeatures features =
        new NativeFeatures(model, preprocessing(settings), engine.device(), engine.options());
    return features.network(example, provenance(model.digest()));
  }

  private Provenance provenance(String fingerprint) throws IOException {
    Path classes = trainedClasses != null ? trainedClasses : labelsBeside();
    return new Provenance(
        file.getFileName().toString(),
        fingerprint,
        Optional.ofNullable(trainedOn),
        classes == null
            ? List.of()
            : Files.readAllLines(classes).stream().filter(l -> !l.isBlank()).toList(),
        Map.of());
  }

  private Preprocessing preprocessing(GraphModel model, Supplier<Dataset> rows) throws IOException {
    Optional<Path> tokenizer = tokenizer();
    if (preprocessing == null
        && !Files.isRegularFile(Preprocessings.sidecar(file))
        && tokenizer.isPresent()
        && TextInputs.accepts(model.graph())) {
      return TextPreprocessing.of(Files.readAllBytes(tokenizer.get()), model.graph());
    }
    List<GraphInput> inputs = model.graph().inputs(Role.BATCH);
    GraphInput first = inputs.get(0);
    if (inputs.size() == 1 && first.type().rank() == 2 && given().isEmpty()) {
      return preprocessing(first, rows.get());
    }
    Map<String, Object> settings = new HashMap<>(settings(Optional.of(first.type()), false));
    if (inputs.size() == 1) {
      settings.putIfAbsent("input", first.name());
    }
    return preprocessing(settings);
  }

  /** What turns examples into the vectors that a network takes. */
  private Preprocessing preprocessing(GraphInput input, Dataset examples) {
    Dim width = input.type().shape().dim(1);
    if (examples.sample(0) instanceof RowSample) {
      TablePreprocessing columns = TablePreprocessing.fit(examples).withInput(input.name());
      if (width.isFixed() && width.size() != columns.width()) {
        throw new DataException(
            file
                + " takes "
                + width
                + " numbers, but the columns of "
                + examples.name()
                + " become "
                + columns.width()
                + ": "
                + columns.columns().stream()
                    .map(c -> c.name() + " " + c.width())
                    .collect(Collectors.joining(", "))
                + ". Leave out columns that the network does not know, or say with"
                + " --preprocessing what it takes.");
      }
      return columns;
    }
    if (!width.isFixed()) {
      throw new DataException(
          file + " takes vectors of any length; say with --preprocessing what it takes");
    }
    return TensorPreprocessing.of(PixelScaling.NONE, (int) width.size()).withInput(input.name());
  }

  private Preprocessing preprocessing(Map<String, Object> settings) {
    Path named = preprocessing != null ? preprocessing : file;
    Path folder = named.toAbsolutePath().getParent();
    return Preprocessings.read(settings, folder == null ? named : folder);
  }

  /** What was given explicitly, else what stands beside the model. */
  private Optional<Map<String, Object>> given() throws IOException {
    Path sidecar = Preprocessings.sidecar(file);
    if (preprocessing != null || Files.isRegularFile(sidecar)) {
      return Optional.of(object(preprocessing != null ? preprocessing : sidecar));
    }
    return size == null && scaling == null ? zoo() : Optional.empty();
  }

  /** What is given, else what the options and the input say. */
  private Map<String, Object> settings(Optional<TensorType> input, boolean channelsLast)
      throws IOException {
    Optional<Map<String, Object>> given = given();
    if (given.isPresent()) {
      return given.get();
    }
    if (input.isPresent() && input.get().rank() != 4) {
      throw new DataException(
          file
              + " takes "
              + input.get()
              + ", which is neither an image nor a row; say with --preprocessing FILE what it is,"
              + " such as {\"type\": \"tensor\", \"shape\": [8, 16]}");
    }
    if (input.isPresent() && listens(input.get().shape())) {
      Shape shape = input.get().shape();
      return Map.of("type", "log-mel", "frames", shape.dim(2).size(), "bands", shape.dim(3).size());
    }
    Map<String, Object> image = new HashMap<>(Map.of("type", "image", "size", size(input)));
    if (channelsLast) {
      image.put("layout", "nhwc");
    }
    if (scaling != null) {
      image.put("scaling", scaling);
    }
    return image;
  }

  /** Beside the network, or above it, where exporters put networks in a folder of their own. */
  private Optional<Path> tokenizer() {
    Path beside = file.resolveSibling(TextPreprocessing.TOKENIZER);
    return Stream.of(beside, beside.resolveSibling("..").resolve(TextPreprocessing.TOKENIZER))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Whether it is one channel of frames by bands: images of one channel are square. */
  private static boolean listens(Shape shape) {
    return shape.dim(1).is(1)
        && shape.dim(2).isFixed()
        && shape.dim(3).isFixed()
        && shape.dim(2).size() != shape.dim(3).size();
  }

  private long size(Optional<TensorType> input) {
    if (size != null) {
      return size;
    }
    if (input.isPresent() && input.get().shape().dim(2).isFixed()) {
      return input.get().shape().dim(2).size();
    }
    throw new DataException(
        file
            + " takes images of any size; say which with --size, such as --size 224, or put "
            + Preprocessings.sidecar(file).getFileName()
            + " beside it");
  }

  /**
   * The entry for this file of a {@code zoo.json} with {@code file}, {@code native_size}, {@code
   * input}.
   */
  private Optional<Map<String, Object>> zoo() throws IOException {
    Path zoo = file.resolveSibling("zoo.json");
    if (!Files.isRegularFile(zoo)) {
      return Optional.empty();
    }
    for (JsonNode entry : JSON.readTree(zoo.toFile()).path("models")) {
      if (entry.path("file").asText().equals(file.getFileName().toString())
          && entry.has("native_size")
          && entry.has("input")) {
        return Optional.of(
            Map.of(
                "type", "image",
                "size", entry.get("native_size").asLong(),
                "scaling", entry.get("input").asText()));
      }
    }
    return Optional.empty();
  }

  private @Nullable Path labelsBeside() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try (var files = Files.newDirectoryStream(folder, "*labels*.txt")) {
      var found = files.iterator();
      Path first = found.hasNext() ? found.next() : null;
      // Two would be a guess.
      return found.hasNext() ? null : first;
    }
  }

  private static Map<String, Object> object(Path json) throws IOException {
    try {
      return JSON.readValue(json.toFile(), new TypeReference<Map<String, Object>>() {});
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new DataException(json + " is not a JSON object: " + e.getOriginalMessage(), e);
    }
  }
}
