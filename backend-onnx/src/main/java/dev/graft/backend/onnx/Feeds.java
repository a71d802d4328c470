package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a caller feeds to a program: checked against the graph, and made native. */
final class Feeds {
  private final Map<String, GraphInput> expected = new LinkedHashMap<>();
  private final Graph graph;

  Feeds(Graph graph) {
    this.graph = graph;
    graph.inputs().stream()
        .filter(i -> i.role() != Role.STATE)
        .forEach(i -> expected.put(i.name(), i));
  }

  /** Native tensors for one run. Those made for it are closed with this. */
  record Natives(Map<String, OnnxTensor> tensors, List<OnnxTensor> made) implements AutoCloseable {
    @Override
    public void close() {
      made.forEach(OnnxTensor::close);
    }
  }

  /** Throws an {@link IllegalArgumentException} that says what is wrong with the first bad feed. */
  void check(Map<String, ? extends Tensor> given) {
    for (String name : given.keySet()) {
      if (!expected.containsKey(name)) {
        boolean state = graph.input(name).isPresent();
        throw new IllegalArgumentException(
            state
                ? "'" + name + "' is a parameter; it is compiled in or lives in the state, not fed"
                : "the program has no input '" + name + "'; it takes " + expected.keySet());
      }
    }
    Map<String, Long> symbols = new HashMap<>();
    for (GraphInput input : expected.values()) {
      Tensor tensor = given.get(input.name());
      if (tensor == null) {
        throw new IllegalArgumentException(
            "input '" + input.name() + "' (" + input.type() + ") is not fed");
      }
      check(input, tensor.type(), symbols);
    }
  }

  private static void check(GraphInput input, TensorType type, Map<String, Long> symbols) {
    TensorType wanted = input.type();
    boolean fits = type.dtype() == wanted.dtype() && type.rank() == wanted.rank();
    for (int i = 0; fits && i < wanted.rank(); i++) {
      Dim dim = wanted.shape().dim(i);
      fits = !dim.isFixed() || dim.equals(type.shape().dim(i));
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "input '" + input.name() + "' must be " + wanted + ", but is fed " + type);
    }
    for (int i = 0; i < wanted.rank(); i++) {
      Dim dim = wanted.shape().dim(i);
      long size = type.shape().dim(i).size();
      Long known = dim.isFixed() ? null : symbols.putIfAbsent(dim.toString(), size);
      if (known != null && known != size) {
        throw new IllegalArgumentException(
            "input '"
                + input.name()
                + "' is fed "
                + type
                + ", where '"
                + dim
                + "' is "
                + size
                + ", but another input has "
                + known);
      }
    }
  }

  /** Native tensors for checked feeds; direct host memory and outputs of other runs are shared. */
  Natives natives(Map<String, ? extends Tensor> given) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    List<OnnxTensor> made = new ArrayList<>();
    given.forEach(
        (name, tensor) -> {
          boolean sameBits = Tensors.fed(tensor.type().dtype()) == tensor.type().dtype();
          if (tensor instanceof OnnxFetches.Fetched fetched && sameBits) {
            tensors.put(name, fetched.handle());
          } else {
            HostTensor host = tensor.toHost();
            OnnxTensor handle = Tensors.toNative(host);
            made.add(handle);
            tensors.put(name, handle);
          }
        });
    return new Natives(tensors, made);
  }
}
