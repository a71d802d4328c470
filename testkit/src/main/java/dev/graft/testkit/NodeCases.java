package dev.graft.testkit;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.graft.backend.UnsupportedGraphException;
import dev.graft.graph.GraphException;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.onnx.OnnxReader;
import dev.graft.onnx.OnnxTensors;
import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/**
 * ONNX's own operator cases: folders with {@code model.onnx}, {@code test_data_set_0} and, where
 * other tolerances than ONNX's are wanted, {@code tolerance.txt}.
 *
 * <p>Many of them feed shapes, axes or counts as inputs, so that sizes depend on data. A model that
 * cannot be read or compiled like that is tried again with those inputs as constants, as real
 * models have them.
 */
final class NodeCases {
  static final String GROUP = "node";

  /** The inputs of operators that decide about shapes or choose among behaviours. */
  private static final Map<String, Set<Integer>> SETTINGS =
      Map.ofEntries(
          Map.entry("Reshape", Set.of(1)),
          Map.entry("Expand", Set.of(1)),
          Map.entry("Tile", Set.of(1)),
          Map.entry("Slice", Set.of(1, 2, 3, 4)),
          Map.entry("Pad", Set.of(1, 2, 3)),
          Map.entry("Squeeze", Set.of(1)),
          Map.entry("Unsqueeze", Set.of(1)),
          Map.entry("Split", Set.of(1)),
          Map.entry("TopK", Set.of(1)),
          Map.entry("OneHot", Set.of(1, 2)),
          Map.entry("Resize", Set.of(1, 2, 3)),
          Map.entry("Range", Set.of(0, 1, 2)),
          Map.entry("ConstantOfShape", Set.of(0)),
          Map.entry("CumSum", Set.of(1)),
          Map.entry("Trilu", Set.of(1)),
          Map.entry("Clip", Set.of(1, 2)),
          Map.entry("Dropout", Set.of(1, 2)),
          Map.entry("QuantizeLinear", Set.of(1, 2)),
          Map.entry("DequantizeLinear", Set.of(1, 2)));

  private NodeCases() {}

  /** One case for each folder below. */
  static List<ConformanceCase> in(Path directory) {
    List<ConformanceCase> cases = new ArrayList<>();
    for (Path folder : folders(directory)) {
      cases.add(
          ConformanceCase.of(
              GROUP, folder.getFileName().toString(), subject -> run(subject, folder)));
    }
    return cases;
  }

  /** The folders below that hold a model, by name. */
  static List<Path> folders(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(f -> Files.isRegularFile(f.resolve("model.onnx"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the cases in " + directory, e);
    }
  }

  private static void run(Subject subject, Path folder) throws IOException {
    Path file = folder.resolve("model.onnx");
    Path data = folder.resolve("test_data_set_0");
    GraphProto graph = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
    Map<String, HostTensor> feeds = new LinkedHashMap<>();
    for (int i = 0; i < graph.getInputCount(); i++) {
      Path tensor = data.resolve("input_" + i + ".pb");
      if (Files.exists(tensor)) {
        feeds.put(graph.getInput(i).getName(), OnnxTensors.read(tensor));
      }
    }
    List<HostTensor> actual = outputs(subject, file, graph, feeds);
    Tolerance tolerance = tolerance(folder.resolve("tolerance.txt"));
    for (int i = 0; i < actual.size(); i++) {
      HostTensor expected = OnnxTensors.read(data.resolve("output_" + i + ".pb"));
      tolerance.check("output '" + graph.getOutput(i).getName() + "'", expected, actual.get(i));
    }
  }

  private static List<HostTensor> outputs(
      Subject subject, Path file, GraphProto graph, Map<String, HostTensor> feeds)
      throws IOException {
    Map<String, HostTensor> settings = new LinkedHashMap<>(feeds);
    settings.keySet().retainAll(settings(graph));
    try {
      return run(subject, OnnxReader.read(file), feeds);
    } catch (ModelFormatException | GraphException | UnsupportedGraphException e) {
      if (settings.isEmpty()) {
        throw e;
      }
    }
    Map<String, HostTensor> data = new LinkedHashMap<>(feeds);
    data.keySet().removeAll(settings.keySet());
    try {
      return run(subject, OnnxReader.read(file, settings), data);
    } catch (GraphException e) {
      throw new ModelFormatException("no graph can express it: " + e.getMessage(), e);
    }
  }

  private static List<HostTensor> run(
      Subject subject, GraphModel model, Map<String, HostTensor> feeds) {
    Map<String, HostTensor> outputs = subject.run(model.graph(), model.parameters(), feeds);
    return model.graph().outputs().stream().map(outputs::get).toList();
  }

  private static List<String> settings(GraphProto graph) {
    List<String> names = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      Set<Integer> positions =
          node.getOpType().startsWith("Reduce")
              ? Set.of(1)
              : SETTINGS.getOrDefault(node.getOpType(), Set.of());
      for (int i : positions) {
        if (i < node.getInputCount()) {
          names.add(node.getInput(i));
        }
      }
    }
    return names;
  }

  private static Tolerance tolerance(Path file) throws IOException {
    Properties properties = new Properties();
    // ONNX's own folders have none; the defaults are those of its test runner.
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
    }
    return new Tolerance(
        Double.parseDouble(properties.getProperty("rtol", "1e-3")),
        Double.parseDouble(properties.getProperty("atol", "1e-7")));
  }
}
