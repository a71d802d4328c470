package dev.graft.graph;

import dev.graft.graph.ops.Generators;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates small integer, boolean and floating tensors while a graph is being built, with symbols
 * for sizes that are not known yet: the arithmetic on shapes that exporters leave in a graph.
 *
 * <p>Integers and booleans are kept as dimensions, one per element in row-major order; floating
 * values, which exporters pass through when they scale a size, only while they are fully known.
 * Symbols stand for sizes of at least 1. What is not known stays in the graph and is computed when
 * it runs.
 */
final class ShapeArithmetic {
  /** Larger tensors are data, not shapes. */
  private static final int LARGEST = 1024;

  private final Map<String, List<Dim>> integers = new HashMap<>();
  private final Map<String, double[]> reals = new HashMap<>();

  /** Notes a constant. */
  void constant(String name, HostTensor t) {
    if (t.size() > LARGEST) {
      return;
    }
    if (t.dtype().isFloating()) {
      reals.put(name, t.toDoubles());
    } else {
      integers.put(name, Arrays.stream(t.toLongs()).mapToObj(Dim::of).toList());
    }
  }

  /** The elements of an integer or boolean value, as far as they are known. */
  Optional<List<Dim>> dims(String value) {
    return Optional.ofNullable(integers.get(value));
  }

  /** The value as a tensor, if it is fully known. */
  Optional<HostTensor> tensor(String value, TensorType type) {
    double[] real = reals.get(value);
    if (real != null) {
      return Optional.of(HostTensor.fromDoubles(type, i -> real[i]));
    }
    List<Dim> dims = integers.get(value);
    return dims != null && dims.stream().allMatch(Dim::isFixed)
        ? Optional.of(HostTensor.fromLongs(type, i -> dims.get(i).size()))
        : Optional.empty();
  }

  /** Notes what follows from the inputs of a node for its outputs, whose types were inferred. */
  void visit(NodeContext node, List<String> outputs, List<TensorType> types) {
    for (int k = 0; k < outputs.size(); k++) {
      TensorType type = types.get(k);
      if (outputs.get(k).isEmpty()
          || !type.shape().isStatic()
          || type.shape().elements() > LARGEST) {
        continue;
      }
      if (type.dtype().isFloating()) {
        double[] values = real(node, k, type.shape());
        if (values != null) {
          reals.put(outputs.get(k), values);
        }
      } else {
        List<Dim> values = integer(node, k, type.shape());
        if (values != null) {
          integers.put(outputs.get(k), values);
        }
      }
    }
  }

  private @Nullable List<Dim> dims(NodeContext node, int i) {
    return node.has(i) ? integers.get(node.in(i).name()) : null;
  }

  private double @Nullable [] reals(NodeContext node, int i) {
    return node.has(i) ? reals.get(node.in(i).name()) : null;
  }

  // --- integers and booleans

  private @Nullable List<Dim> integer(NodeContext node, int k, Shape output) {
    String name = node.operator().name();
    switch (name) {
      case "Shape":
        return Generators.reported(node);
      case "Size":
        return List.of(product(node.type(0).shape().dims()));
      case "Cast":
        return cast(node);
      case "Range":
        return range(node, output);
      case "ConstantOfShape":
        HostTensor fill = node.attributes().tensor("value");
        return fill == null
            ? null
            : Collections.nCopies((int) output.elements(), Dim.of(fill.getLong(0)));
      case "NonZero":
        return nonZero(node);
      case "Concat":
        return concat(node, output);
      case "Where":
        return where(node, output);
      case "ReduceProd":
        return reduce(node, output, Dim::times);
      case "ReduceSum":
        return reduce(node, output, Dim::plus);
      case "ReduceMax":
        return reduce(node, output, DimRules::max);
      case "ReduceMin":
        return reduce(node, output, DimRules::min);
      case "Neg":
        return map(dims(node, 0), d -> Dim.of(0).minus(d));
      case "Abs":
        return map(dims(node, 0), d -> d.isFixed() ? Dim.of(Math.abs(d.size())) : d);
      case "Not":
        return map(dims(node, 0), d -> d.isFixed() ? Dim.of(1 - d.size()) : null);
      case "Sum", "Max", "Min":
        return fold(node, output, DimRules.binary(name));
      case "Clip":
        return clip(node);
      default:
        break;
    }
    List<Dim> first = node.inputs().isEmpty() ? null : dims(node, 0);
    if (first == null) {
      return null;
    }
    BinaryOperator<@Nullable Dim> operator = DimRules.binary(name);
    return operator != null
        ? fold(node, output, operator)
        : Rearrangement.of(node, k, output)
            .map(sources -> Arrays.stream(sources).mapToObj(first::get).toList())
            .orElse(null);
  }

  private @Nullable List<Dim> cast(NodeContext node) {
    double[] values = reals(node, 0);
    boolean toBool = node.attributes().s("to", "").equals(DType.BOOL.name());
    if (values != null) {
      return Arrays.stream(values)
          .mapToObj(v -> Dim.of(toBool ? (v != 0 ? 1 : 0) : (long) v))
          .toList();
    }
    return map(dims(node, 0), d -> toBool ? Dim.of(d.is(0) ? 0 : 1) : d);
  }

  private @Nullable List<Dim> range(NodeContext node, Shape output) {
    List<Dim> start = dims(node, 0);
    List<Dim> step = dims(node, 2);
    if (start == null || step == null) {
      return null;
    }
    List<Dim> values = new ArrayList<>();
    for (int i = 0; i < output.elements(); i++) {
      values.add(start.get(0).plus(step.get(0).times(Dim.of(i))));
    }
    return values;
  }

  /** The places of a vector's elements that are not zero; its length is known if they are. */
  private @Nullable List<Dim> nonZero(NodeContext node) {
    List<Dim> values = dims(node, 0);
    if (values == null || node.type(0).rank() != 1 || !values.stream().allMatch(Dim::isFixed)) {
      return null;
    }
    return IntStream.range(0, values.size())
        .filter(i -> !values.get(i).is(0))
        .mapToObj(Dim::of)
        .toList();
  }

  private @Nullable List<Dim> concat(NodeContext node, Shape output) {
    List<List<Dim>> parts = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      List<Dim> part = dims(node, i);
      if (part == null) {
        return null;
      }
      parts.add(part);
    }
    return Rearrangement.joined(node, output).stream()
        .map(from -> parts.get(from.input()).get(from.index()))
        .toList();
  }

  private @Nullable List<Dim> where(NodeContext node, Shape output) {
    List<Dim> condition = dims(node, 0);
    List<Dim> yes = dims(node, 1);
    List<Dim> no = dims(node, 2);
    if (condition == null || yes == null || no == null) {
      return null;
    }
    int[] c = Rearrangement.broadcast(node.type(0).shape(), output);
    int[] y = Rearrangement.broadcast(node.type(1).shape(), output);
    int[] n = Rearrangement.broadcast(node.type(2).shape(), output);
    List<Dim> result = new ArrayList<>();
    for (int i = 0; i < c.length; i++) {
      result.add((condition.get(c[i]).is(0) ? no.get(n[i]) : yes.get(y[i])));
    }
    return result;
  }

  /** A reduction of all elements. */
  private @Nullable List<Dim> reduce(
      NodeContext node, Shape output, BinaryOperator<@Nullable Dim> operator) {
    List<Dim> values = dims(node, 0);
    if (values == null || values.isEmpty() || output.elements() != 1) {
      return null;
    }
    Dim result = values.get(0);
    for (Dim value : values.subList(1, values.size())) {
      result = operator.apply(result, value);
      if (result == null) {
        return null;
      }
    }
    return List.of(result);
  }

  private @Nullable List<Dim> fold(
      NodeContext node, Shape output, BinaryOperator<@Nullable Dim> operator) {
    List<Dim> result = null;
    for (int i = 0; i < node.inputs().size(); i++) {
      List<Dim> next = dims(node, i);
      if (next == null) {
        return null;
      }
      int[] sources = Rearrangement.broadcast(node.type(i).shape(), output);
      List<Dim> combined = new ArrayList<>();
      for (int e = 0; e < sources.length; e++) {
        Dim value = next.get(sources[e]);
        Dim known = result == null ? value : operator.apply(result.get(e), value);
        if (known == null) {
          return null;
        }
        combined.add(known);
      }
      result = combined;
    }
    return result;
  }

  private @Nullable List<Dim> clip(NodeContext node) {
    List<Dim> low = dims(node, 1);
    List<Dim> high = dims(node, 2);
    if ((node.has(1) && low == null) || (node.has(2) && high == null)) {
      return null;
    }
    return map(
        dims(node, 0),
        d -> {
          @Nullable Dim raised = low == null ? d : DimRules.max(d, low.get(0));
          return raised == null || high == null ? raised : DimRules.min(raised, high.get(0));
        });
  }

  private interface Rule {
    @Nullable Dim apply(Dim d);
  }

  private static @Nullable List<Dim> map(@Nullable List<Dim> values, Rule rule) {
    if (values == null) {
      return null;
    }
    List<Dim> result = new ArrayList<>();
    for (Dim d : values) {
      Dim mapped = rule.apply(d);
      if (mapped == null) {
        return null;
      }
      result.add(mapped);
    }
    return result;
  }

  private static Dim product(List<Dim> dims) {
    return dims.stream().reduce(Dim.of(1), Dim::times);
  }

  // --- floating values

  private double @Nullable [] real(NodeContext node, int k, Shape output) {
    String name = node.operator().name();
    if (name.equals("Cast")) {
      List<Dim> dims = dims(node, 0);
      if (dims != null && dims.stream().allMatch(Dim::isFixed)) {
        return dims.stream().mapToDouble(Dim::size).toArray();
      }
      return reals(node, 0);
    }
    if (name.equals("Concat")) {
      return joined(node, output);
    }
    if (name.equals("Where")) {
      return chosen(node, output);
    }
    if (name.equals("Clip")) {
      return clipped(node);
    }
    HostTensor fill = node.attributes().tensor("value");
    if (name.equals("ConstantOfShape")) {
      double value = fill == null ? 0 : fill.getDouble(0);
      return DoubleStream.generate(() -> value).limit(output.elements()).toArray();
    }
    double[] first = node.inputs().isEmpty() ? null : reals(node, 0);
    if (first == null) {
      return null;
    }
    DoubleUnaryOperator unary = unary(name);
    if (unary != null) {
      return Arrays.stream(first).map(unary).toArray();
    }
    DoubleBinaryOperator binary = realBinary(name);
    if (binary != null && node.inputs().size() == 2) {
      return combined(node, output, binary);
    }
    return Rearrangement.of(node, k, output)
        .map(sources -> Arrays.stream(sources).mapToDouble(i -> first[i]).toArray())
        .orElse(null);
  }

  private double @Nullable [] joined(NodeContext node, Shape output) {
    List<double[]> parts = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      double[] part = reals(node, i);
      if (part == null) {
        return null;
      }
      parts.add(part);
    }
    return Rearrangement.joined(node, output).stream()
        .mapToDouble(from -> parts.get(from.input())[from.index()])
        .toArray();
  }

  private double @Nullable [] chosen(NodeContext node, Shape output) {
    List<Dim> condition = dims(node, 0);
    double[] yes = reals(node, 1);
    double[] no = reals(node, 2);
    if (condition == null || yes == null || no == null) {
      return null;
    }
    int[] c = Rearrangement.broadcast(node.type(0).shape(), output);
    int[] y = Rearrangement.broadcast(node.type(1).shape(), output);
    int[] n = Rearrangement.broadcast(node.type(2).shape(), output);
    return IntStream.range(0, c.length)
        .mapToDouble(i -> condition.get(c[i]).is(0) ? no[n[i]] : yes[y[i]])
        .toArray();
  }

  private double @Nullable [] clipped(NodeContext node) {
    double[] values = reals(node, 0);
    double[] low = reals(node, 1);
    double[] high = reals(node, 2);
    if (values == null || (node.has(1) && low == null) || (node.has(2) && high == null)) {
      return null;
    }
    return Arrays.stream(values)
        .map(v -> low == null ? v : Math.max(v, low[0]))
        .map(v -> high == null ? v : Math.min(v, high[0]))
        .toArray();
  }

  private double @Nullable [] combined(NodeContext node, Shape output, DoubleBinaryOperator rule) {
    double[] a = reals(node, 0);
    double[] b = reals(node, 1);
    if (a == null || b == null) {
      return null;
    }
    int[] ia = Rearrangement.broadcast(node.type(0).shape(), output);
    int[] ib = Rearrangement.broadcast(node.type(1).shape(), output);
    double[] result = new double[ia.length];
    // Each result is rounded as the engine would, lest a Floor after it should differ.
    boolean single = node.type(0).dtype() == DType.FLOAT32;
    for (int i = 0; i < result.length; i++) {
      double r = rule.applyAsDouble(a[ia[i]], b[ib[i]]);
      result[i] = single ? (float) r : r;
    }
    return result;
  }

  private static @Nullable DoubleUnaryOperator unary(String operator) {
    return switch (operator) {
      case "Floor" -> Math::floor;
      case "Ceil" -> Math::ceil;
      case "Round" -> Math::rint;
      case "Sqrt" -> Math::sqrt;
      case "Neg" -> v -> -v;
      case "Abs" -> Math::abs;
      case "Reciprocal" -> v -> 1 / v;
      default -> null;
    };
  }

  private static @Nullable DoubleBinaryOperator realBinary(String operator) {
    return switch (operator) {
      case "Add" -> Double::sum;
      case "Sub" -> (a, b) -> a - b;
      case "Mul" -> (a, b) -> a * b;
      case "Div" -> (a, b) -> a / b;
      case "Pow" -> Math::pow;
      case "Max" -> Math::max;
      case "Min" -> Math::min;
      default -> null;
    };
  }
}
