package dev.graft.testkit.reference;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a graph node by node in plain Java, as the oracle that engines are compared with.
 * Everything floating is computed in {@code double}; what is kept of it after each node is the
 * {@link Arithmetic}. Immutable and thread-safe.
 */
public final class ReferenceInterpreter {
  /** What precision values keep between nodes. */
  public enum Arithmetic {
    /** Each value is rounded to the element type that the graph gives it. */
    AS_DECLARED,
    /**
     * Floating values stay {@code double} whatever their type, and come back as {@code FLOAT64}:
     * for finite differences, and as the best answer that others are measured against.
     */
    FLOAT64
  }

  private final Graph graph;
  private final Arithmetic arithmetic;
  private final Map<String, Array> constants = new HashMap<>();

  private ReferenceInterpreter(Graph graph, Arithmetic arithmetic) {
    this.graph = graph;
    this.arithmetic = arithmetic;
    graph.constants().forEach((name, tensor) -> constants.put(name, Array.of(tensor)));
  }

  /** An interpreter that rounds as the graph declares. */
  public static ReferenceInterpreter of(Graph graph) {
    return of(graph, Arithmetic.AS_DECLARED);
  }

  /**
   * An interpreter of a graph. Operators without a kernel are evaluated by their decompositions.
   *
   * @throws GraphException naming every node that has neither
   */
  public static ReferenceInterpreter of(Graph graph, Arithmetic arithmetic) {
    Graph lowered = Rewriter.decompose(graph, (g, node) -> !hasKernel(node.operator().name()));
    List<String> unknown =
        lowered.nodes().stream()
            .filter(node -> !hasKernel(node.operator().name()))
            .map(Node::describe)
            .toList();
    if (!unknown.isEmpty()) {
      throw new GraphException(
          "the reference interpreter has no kernel for " + String.join(", ", unknown));
    }
    return new ReferenceInterpreter(lowered, arithmetic);
  }

  /** Whether an operator is evaluated by a kernel of its own. */
  public static boolean hasKernel(String operator) {
    return Kernels.get(operator) != null;
  }

  /**
   * Computes outputs and updates.
   *
   * @param feeds a tensor for every input of the graph, parameters included; converted to the
   *     input's element type, without rounding where everything is {@code double}
   * @return from the name of every output, and of every value that replaces a state, to its value
   */
  public Map<String, HostTensor> run(Map<String, ? extends Tensor> feeds) {
    Set<String> wanted = new LinkedHashSet<>(graph.outputs());
    wanted.addAll(graph.updates().values());
    Map<String, Array> values = new HashMap<>(constants);
    for (GraphInput input : graph.inputs()) {
      Tensor fed = feeds.get(input.name());
      if (fed == null) {
        throw new IllegalArgumentException("input '" + input.name() + "' is not fed");
      }
      Array value = Array.of(fed.toHost());
      DType declared = input.type().dtype();
      values.put(input.name(), value.dtype == declared ? value : value.cast(declared));
    }
    Map<String, Integer> lastReader = lastReaders();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      evaluate(node, values);
      for (String name : node.inputs()) {
        if (lastReader.getOrDefault(name, -1) == i && !wanted.contains(name)) {
          values.remove(name);
        }
      }
    }
    Map<String, HostTensor> results = new LinkedHashMap<>();
    for (String name : wanted) {
      Array value = value(values, name);
      DType dtype = graph.type(name).dtype();
      boolean widened = arithmetic == Arithmetic.FLOAT64 && dtype.isFloating();
      results.put(name, value.toHost(widened ? DType.FLOAT64 : dtype));
    }
    return results;
  }

  private Map<String, Integer> lastReaders() {
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (String name : graph.nodes().get(i).inputs()) {
        last.put(name, i);
      }
    }
    return last;
  }

  private static Array value(Map<String, Array> values, String name) {
    Array value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("value '" + name + "' has not been computed");
    }
    return value;
  }

  private void evaluate(Node node, Map<String, Array> values) {
    List<@Nullable Array> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(name.isEmpty() ? null : value(values, name));
    }
    List<@Nullable TensorType> types = new ArrayList<>();
    for (String name : node.outputs()) {
      types.add(name.isEmpty() ? null : graph.type(name));
    }
    Kernel kernel = Kernels.get(node.operator().name());
    if (kernel == null) {
      throw new IllegalStateException("no kernel for " + node.describe());
    }
    List<Array> outputs;
    try {
      outputs = kernel.run(new Call(node.attributes(), inputs, types));
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(node.describe() + ": " + e.getMessage(), e);
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (node.hasOutput(i)) {
        Array out = outputs.get(i);
        DType declared = graph.type(node.outputs().get(i)).dtype();
        if (out.dtype != declared) {
          throw new IllegalStateException(
              node.describe() + " gave " + out.dtype + " for a value declared as " + declared);
        }
        boolean exact = arithmetic == Arithmetic.FLOAT64 && out.isFloating();
        values.put(node.outputs().get(i), exact ? out : out.rounded());
      }
    }
  }
}
