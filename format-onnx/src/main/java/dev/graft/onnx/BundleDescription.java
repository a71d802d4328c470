package dev.graft.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.graft.data.DataException;
import dev.graft.data.Preprocessing;
import dev.graft.data.Preprocessings;
import dev.graft.graph.Graph;
import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.model.Provenance;
import dev.graft.transfer.Output;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The JSON file of a bundle: all of a transferred model but its network. */
record BundleDescription(
    Preprocessing preprocessing,
    Output output,
    Provenance provenance,
    Map<String, Double> metrics,
    Summary summary,
    Optional<String> frozenUpTo) {
  /** Raised when an older reader would misread the file; additions do not count. */
  private static final int FORMAT = 1;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final TypeReference<Map<String, Object>> ANYTHING = new TypeReference<>() {};
  private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
  private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};

  TransferredModel with(GraphModel model) {
    return new TransferredModel(
        model, preprocessing, output, provenance, metrics, summary, frozenUpTo);
  }

  // --- writing

  static void write(TransferredModel model, Path file) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("producer", Map.of("name", "graft", "version", OnnxWriter.version()));
    json.put("model", ModelBundle.MODEL);
    Graph graph = model.model().graph();
    Map<String, String> inputs = new LinkedHashMap<>();
    graph.inputs(Role.BATCH).forEach(i -> inputs.put(i.name(), i.type().toString()));
    json.put("inputs", inputs);
    Map<String, String> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(o -> outputs.put(o, graph.type(o).toString()));
    json.put("outputs", outputs);
    Map<String, Object> preprocessing = new LinkedHashMap<>();
    preprocessing.put("type", model.preprocessing().type());
    preprocessing.put("settings", model.preprocessing().settings());
    json.put("preprocessing", preprocessing);
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("kind", model.output().kind());
    output.put("names", model.output().names());
    json.put("output", output);
    json.put("provenance", provenance(model.provenance()));
    json.put("metrics", model.metrics());
    json.put("summary", summary(model.summary()));
    model.frozenUpTo().ifPresent(v -> json.put("frozenUpTo", v));
    Files.write(file, JSON.writeValueAsBytes(json));
  }

  private static Map<String, Object> provenance(Provenance provenance) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("source", provenance.source());
    json.put("fingerprint", provenance.fingerprint());
    provenance.trainedOn().ifPresent(v -> json.put("trainedOn", v));
    json.put("trainedClasses", provenance.trainedClasses());
    json.put("history", provenance.history());
    return json;
  }

  private static Map<String, Object> summary(Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("strategy", summary.strategy());
    json.put("model", summary.model());
    json.put("cut", summary.cut());
    json.put("parameters", summary.parameters());
    json.put("trainable", summary.trainable());
    json.put("notes", summary.notes());
    return json;
  }

  // --- reading

  /**
   * @throws ModelFormatException if a part is missing or of another kind
   */
  static BundleDescription read(Path file) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(file + " is damaged: " + e.getOriginalMessage() + place(e), e);
    }
    int format = json.path("format").asInt(0);
    if (format != FORMAT) {
      throw new ModelFormatException(
          format == 0
              ? file + " is not the description of a bundle: it states no format"
              : file
                  + " has format "
                  + format
                  + ", but this version reads format "
                  + FORMAT
                  + "; use a newer version of Graft");
    }
    JsonNode preprocessing = object(json, "preprocessing", file);
    JsonNode provenance = object(json, "provenance", file);
    JsonNode summary = object(json, "summary", file);
    return new BundleDescription(
        Preprocessings.read(
            text(preprocessing, "type", file),
            JSON.convertValue(object(preprocessing, "settings", file), ANYTHING),
            file.resolveSibling("")),
        output(json, file),
        new Provenance(
            text(provenance, "source", file),
            text(provenance, "fingerprint", file),
            optional(provenance, "trainedOn"),
            names(provenance, "trainedClasses", file),
            JSON.convertValue(object(provenance, "history", file), TEXTS)),
        metrics(object(json, "metrics", file)),
        new Summary(
            text(summary, "strategy", file),
            text(summary, "model", file),
            text(summary, "cut", file),
            part(summary, "parameters", file).asLong(),
            part(summary, "trainable", file).asLong(),
            names(summary, "notes", file)),
        optional(json, "frozenUpTo"));
  }

  /** Bundles from before there were other kinds have only classes. */
  private static Output output(JsonNode json, Path file) {
    if (!json.has("output")) {
      return new Output.Classes(names(json, "classes", file));
    }
    JsonNode output = object(json, "output", file);
    try {
      return Output.of(text(output, "kind", file), names(output, "names", file));
    } catch (DataException e) {
      throw new ModelFormatException(file + ": " + e.getMessage(), e);
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
  }

  private static Map<String, Double> metrics(JsonNode json) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    // JSON has no infinities; they are written as text.
    json.properties()
        .forEach(
            e ->
                metrics.put(
                    e.getKey(),
                    e.getValue().isTextual()
                        ? Double.parseDouble(e.getValue().textValue())
                        : e.getValue().doubleValue()));
    return metrics;
  }

  private static Optional<String> optional(JsonNode json, String key) {
    return Optional.ofNullable(json.path(key).textValue());
  }

  private static String text(JsonNode json, String key, Path file) {
    String text = part(json, key, file).textValue();
    if (text == null) {
      throw new ModelFormatException(file + " is damaged: '" + key + "' is not a text");
    }
    return text;
  }

  private static List<String> names(JsonNode json, String key, Path file) {
    JsonNode list = part(json, key, file);
    if (!list.isArray()) {
      throw new ModelFormatException(file + " is damaged: '" + key + "' is not a list");
    }
    return JSON.convertValue(list, NAMES);
  }

  private static JsonNode object(JsonNode json, String key, Path file) {
    JsonNode object = part(json, key, file);
    if (!object.isObject()) {
      throw new ModelFormatException(file + " is damaged: '" + key + "' is not an object");
    }
    return object;
  }

  private static JsonNode part(JsonNode json, String key, Path file) {
    JsonNode part = json.get(key);
    if (part == null) {
      throw new ModelFormatException(file + " is damaged: it has no '" + key + "'");
    }
    return part;
  }
}
