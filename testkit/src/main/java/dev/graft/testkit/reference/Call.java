package dev.graft.testkit.reference;

import dev.graft.graph.Attributes;
import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One evaluation of a node: its attributes, the values of its inputs, and the output types that the
 * graph inferred.
 *
 * @param inputs null for an optional input that is absent
 * @param outputs null for an optional output that is not asked for
 */
record Call(
    Attributes attributes, List<@Nullable Array> inputs, List<@Nullable TensorType> outputs) {

  Array in(int i) {
    Array a = i < inputs.size() ? inputs.get(i) : null;
    if (a == null) {
      throw new IllegalArgumentException("input " + i + " is missing");
    }
    return a;
  }

  boolean has(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  /** An optional input. */
  @Nullable Array optional(int i) {
    return has(i) ? in(i) : null;
  }

  /** Whether output {@code i} is asked for. */
  boolean wants(int i) {
    return i < outputs.size() && outputs.get(i) != null;
  }

  /** The element type of output {@code i}. */
  DType dtype(int i) {
    TensorType type = outputs.get(i);
    if (type == null) {
      throw new IllegalArgumentException("output " + i + " is not asked for");
    }
    return type.dtype();
  }

  long i(String name, long otherwise) {
    return attributes.i(name, otherwise);
  }

  double f(String name, double otherwise) {
    return attributes.f(name, otherwise);
  }

  boolean flag(String name) {
    return attributes.i(name, 0) != 0;
  }
}
