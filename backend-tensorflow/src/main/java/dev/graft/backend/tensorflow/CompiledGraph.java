package dev.graft.backend.tensorflow;

import dev.graft.backend.BackendException;
import dev.graft.backend.Device;
import dev.graft.backend.Lowering;
import dev.graft.backend.Precision;
import dev.graft.backend.SpecializedPrograms;
import dev.graft.backend.UnsupportedGraphException;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/** A graph with fixed shapes as a TensorFlow graph with its session. Thread-safe. */
final class CompiledGraph implements AutoCloseable {
  private final Graph graph;
  private final org.tensorflow.Graph target = new org.tensorflow.Graph();
  private final Session session;

  /** What must be fed, by the input's name. */
  private final Map<String, Output<?>> placeholders = new LinkedHashMap<>();

  private final List<Output<?>> outputs = new ArrayList<>();
  private final List<Output<?>> updates = new ArrayList<>();

  /**
   * @param compiledIn values of inputs that become constants
   */
  CompiledGraph(
      TensorFlowBackend backend,
      Graph specialized,
      Map<String, HostTensor> compiledIn,
      Precision precision) {
    this.graph =
        Lowering.lower(specialized, TensorFlowBackendProvider.NAME, backend::translates, precision);
    try {
      write(new GraphWriter(target, graph, compiledIn, device(backend.device())), compiledIn);
      this.session = new Session(target, backend.config());
    } catch (BackendException e) {
      target.close();
      throw e;
    } catch (RuntimeException e) {
      target.close();
      throw new BackendException("TensorFlow refused a translated graph: " + e.getMessage(), e);
    }
  }

  private static String device(Device device) {
    return "/device:" + device.kind() + ":" + device.index();
  }

  private void write(GraphWriter writer, Map<String, HostTensor> compiledIn) {
    for (GraphInput input : graph.inputs()) {
      if (!compiledIn.containsKey(input.name())) {
        Output<?> placeholder = writer.placeholder(input.type());
        placeholders.put(input.name(), placeholder);
        writer.setRows(input.name(), writer.cast(placeholder, input.type().dtype()));
      }
    }
    for (Node node : graph.nodes()) {
      try {
        TensorFlowOperators.emit(writer, node);
      } catch (RuntimeException e) {
        throw new BackendException(
            "TensorFlow refused " + node.describe() + ": " + e.getMessage(), e);
      }
    }
    graph.outputs().forEach(name -> outputs.add(fetched(writer, name)));
    graph.updates().values().forEach(name -> updates.add(fetched(writer, name)));
  }

  /** One operation per fetch: TensorFlow does not fetch the same output twice. */
  private Output<?> fetched(GraphWriter writer, String name) {
    DType carrier = TensorFlowTypes.carrier(graph.type(name).dtype());
    return writer.operation("Identity", writer.cast(writer.rows(name), carrier)).build().output(0);
  }

  /**
   * Refuses at once what cannot run: with fixed shapes all of it, else what no sizes could make
   * run, which are operators without translation and decomposition.
   */
  static void check(TensorFlowBackend backend, Graph graph) {
    if (SpecializedPrograms.isFixed(graph)) {
      Lowering.lower(graph, TensorFlowBackendProvider.NAME, backend::translates);
      return;
    }
    Map<Node, String> refused = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (!TensorFlowOperators.has(node.operator().name())
          && node.operator().decomposition() == null) {
        refused.put(node, "no translation to TensorFlow");
      }
    }
    if (!refused.isEmpty()) {
      throw new UnsupportedGraphException(TensorFlowBackendProvider.NAME, refused);
    }
  }

  Graph graph() {
    return graph;
  }

  /** Whether an input must be fed, because it is not compiled in. */
  boolean takes(String input) {
    return placeholders.containsKey(input);
  }

  /**
   * Computes the outputs, and the values that replace the state behind them where those are asked
   * for. The caller closes the results.
   *
   * @param feeds a tensor in its carrier type per input that is not compiled in
   */
  List<Tensor> run(Map<String, Tensor> feeds, boolean withUpdates) {
    if (outputs.isEmpty() && !(withUpdates && !updates.isEmpty())) {
      return List.of();
    }
    Session.Runner runner = session.runner();
    placeholders.forEach((name, placeholder) -> runner.feed(placeholder, feeds.get(name)));
    outputs.forEach(runner::fetch);
    if (withUpdates) {
      updates.forEach(runner::fetch);
    }
    List<Tensor> results = new ArrayList<>();
    try {
      // The tensors are handed on one by one, so the result that holds them is not closed.
      runner.run().forEach(entry -> results.add(entry.getValue()));
    } catch (RuntimeException e) {
      // TensorFlow's own exceptions have no common class.
      throw new BackendException("TensorFlow failed: " + e.getMessage(), e);
    }
    return results;
  }

  @Override
  public void close() {
    session.close();
    target.close();
  }
}
