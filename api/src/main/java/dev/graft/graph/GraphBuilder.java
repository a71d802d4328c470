package dev.graft.graph;

import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link Graph}, inferring types and checking each node as it is added. Not thread-safe.
 *
 * <p>While it builds it also keeps what is known of integer vectors (shape arithmetic), so that an
 * exporter's {@code Shape-Gather-Concat-Reshape} chains give shapes, and fold away once every size
 * is fixed.
 */
public final class GraphBuilder {
  private final List<GraphInput> inputs = new ArrayList<>();
  private final Map<String, HostTensor> constants = new LinkedHashMap<>();
  private final Map<HostTensor, String> constantNames = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final Map<String, String> updates = new LinkedHashMap<>();
  private final Map<String, TensorType> types = new HashMap<>();
  private final ShapeArithmetic arithmetic = new ShapeArithmetic();
  private final Map<String, Integer> counters = new HashMap<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Set<String> reserved = new HashSet<>();

  // --- inputs and constants

  public Value input(String name, TensorType type, Role role) {
    declare(name, type);
    inputs.add(new GraphInput(name, type, role));
    return new Value(this, name, type);
  }

  /** An input of role {@code BATCH}. */
  public Value input(String name, TensorType type) {
    return input(name, type, Role.BATCH);
  }

  /** A parameter: an input of role {@code STATE}. */
  public Value parameter(String name, TensorType type) {
    return input(name, type, Role.STATE);
  }

  /** A constant with a name of its own. */
  public Value constant(String name, HostTensor tensor) {
    declare(name, tensor.type());
    constants.put(name, tensor);
    constantNames.putIfAbsent(tensor, name);
    arithmetic.constant(name, tensor);
    return new Value(this, name, tensor.type());
  }

  /** A constant; equal ones share a name. */
  public Value constant(HostTensor tensor) {
    String known = constantNames.get(tensor);
    return known != null
        ? new Value(this, known, tensor.type())
        : constant(unique("constant"), tensor);
  }

  /** A scalar constant of the given type. */
  public Value scalar(DType dtype, double value) {
    return constant(HostTensor.full(new TensorType(dtype, Shape.SCALAR), value));
  }

  /** A constant {@code INT64} vector. */
  public Value vector(long... values) {
    return constant(HostTensor.vector(values));
  }

  /** Zeros of a fixed shape, computed at run time so that the graph stays small. */
  public Value zeros(TensorType type) {
    return filled(type, 0);
  }

  /** A value of fixed shape with every element the same, computed at run time. */
  public Value filled(TensorType type, double value) {
    HostTensor element = HostTensor.full(TensorType.of(type.dtype(), 1), value);
    return op("ConstantOfShape", Attributes.of("value", element), vector(type.shape().sizes()));
  }

  // --- nodes

  /** Adds a node with one output. */
  public Value op(String operator, Value... in) {
    return op(operator, Attributes.NONE, in);
  }

  /** Adds a node with one output; a null input stands for an absent optional one. */
  public Value op(String operator, Attributes attributes, @Nullable Value... in) {
    return ops(operator, attributes, 1, in).get(0);
  }

  /** Adds a node with {@code count} outputs. */
  public List<Value> ops(String operator, Attributes attributes, int count, @Nullable Value... in) {
    String stem = unique(operator);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(i == 0 ? stem : stem + ":" + i);
    }
    List<String> inNames = Arrays.stream(in).map(v -> v == null ? "" : checkOwn(v).name()).toList();
    return node(new Node(stem, Operators.get(operator), inNames, names, attributes)).stream()
        .map(v -> (Value) v)
        .toList();
  }

  /**
   * Adds a node whose values are named; its inputs must be there already. A node name that is taken
   * is varied.
   *
   * @return the outputs, null for those the node leaves out
   */
  public List<@Nullable Value> node(Node given) {
    Node node = nodeNames.contains(given.name()) ? given.named(unique(given.name())) : given;
    NodeContext context = context(node);
    Operator operator = node.operator();
    int count = node.inputs().size();
    if (count > operator.maxInputs()) {
      throw context.error("has " + count + " inputs, but takes at most " + operator.maxInputs());
    }
    for (int i = 0; i < operator.minInputs(); i++) {
      context.in(i);
    }
    if (node.outputs().size() > operator.maxOutputs()) {
      throw context.error(
          "has " + node.outputs().size() + " outputs, but gives at most " + operator.maxOutputs());
    }
    List<TensorType> inferred;
    try {
      inferred = operator.typeRule().infer(context);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      throw new GraphException(
          node.describe() + " does not fit its inputs " + context.inputs() + ": " + e.getMessage(),
          e);
    }
    if (inferred.size() < node.outputs().size()) {
      throw context.error("gives only " + inferred.size() + " outputs");
    }
    List<@Nullable Value> result = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      String name = node.outputs().get(i);
      if (name.isEmpty()) {
        result.add(null);
        continue;
      }
      declare(name, inferred.get(i));
      result.add(new Value(this, name, inferred.get(i)));
    }
    nodes.add(node);
    nodeNames.add(node.name());
    arithmetic.visit(context, node.outputs(), inferred);
    return result;
  }

  /** A node of this builder as its rules see it. */
  NodeContext context(Node node) {
    List<@Nullable Value> in = new ArrayList<>();
    for (String name : node.inputs()) {
      in.add(name.isEmpty() ? null : value(name, node));
    }
    return new NodeContext(
        this, node.operator(), node.name(), in, node.attributes(), node.outputs().size());
  }

  private Value value(String name, Node reader) {
    if (!types.containsKey(name)) {
      throw new GraphException(
          reader.describe()
              + " reads '"
              + name
              + "', which nothing before it computes. "
              + Suggestions.closest(name, types.keySet()));
    }
    return value(name);
  }

  /** A value that was added before. */
  public Value value(String name) {
    TensorType type = types.get(name);
    if (type == null) {
      throw new GraphException(
          "no value '" + name + "'. " + Suggestions.closest(name, types.keySet()));
    }
    return new Value(this, name, type);
  }

  public boolean has(String name) {
    return types.containsKey(name);
  }

  // --- results

  public GraphBuilder output(Value value) {
    outputs.add(checkOwn(value).name());
    return this;
  }

  /** Adds an output under a name of its own. */
  public GraphBuilder output(Value value, String name) {
    return output(identity(value, name));
  }

  /** The same value under another name. */
  public Value identity(Value value, String name) {
    Node node =
        new Node(
            unique(name),
            Operators.get("Identity"),
            List.of(value.name()),
            List.of(name),
            Attributes.NONE);
    node(node);
    return value(name);
  }

  /** Pairs a state input with the value that replaces it after a step. */
  public GraphBuilder update(String state, Value replacement) {
    TensorType type = value(state).type();
    if (!type.equals(replacement.type())) {
      throw new GraphException(
          "state '" + state + "' is " + type + " but its update is " + replacement.type());
    }
    updates.put(state, checkOwn(replacement).name());
    return this;
  }

  /** The finished graph; the builder may go on. */
  public Graph build() {
    return new Graph(inputs, constants, nodes, outputs, updates, types);
  }

  // --- what rules ask

  Optional<HostTensor> constantOf(String value) {
    return Optional.ofNullable(constants.get(value));
  }

  /** The value of a constant, or of a small tensor that shape arithmetic knows in full. */
  public Optional<HostTensor> knownOf(String value) {
    return constantOf(value).or(() -> arithmetic.tensor(value, value(value).type()));
  }

  Optional<List<Dim>> dimsOf(String value) {
    return arithmetic.dims(value);
  }

  /**
   * Sums over the axes that broadcasting {@code shape} to the gradient's shape added or widened.
   */
  public Value sumTo(Value gradient, Shape shape) {
    if (gradient.shape().equals(shape)) {
      return gradient;
    }
    int lead = gradient.rank() - shape.rank();
    List<Long> axes = new ArrayList<>();
    boolean onlyAdded = true;
    for (int i = 0; i < gradient.rank(); i++) {
      boolean widened = i >= lead && shape.dim(i - lead).is(1) && !gradient.shape().dim(i).is(1);
      if (i < lead || widened) {
        axes.add((long) i);
        onlyAdded &= !widened;
      }
    }
    Value sum =
        axes.isEmpty()
            ? gradient
            : gradient.sum(!onlyAdded, axes.stream().mapToLong(a -> a).toArray());
    return sum.shape().equals(shape) ? sum : sum.reshape(shape.sizes());
  }

  // --- names

  private Value checkOwn(Value v) {
    if (v.builder() != this) {
      throw new GraphException("value '" + v.name() + "' belongs to another graph");
    }
    return v;
  }

  private void declare(String name, TensorType type) {
    if (name.isEmpty()) {
      throw new GraphException("a value needs a name");
    }
    if (types.putIfAbsent(name, type) != null) {
      throw new GraphException("two values are called '" + name + "'");
    }
  }

  /** A name that is not taken, starting with {@code stem}. */
  public String unique(String stem) {
    String name = stem;
    while (types.containsKey(name) || nodeNames.contains(name) || reserved.contains(name)) {
      name = stem + "_" + counters.merge(stem, 1, Integer::sum);
    }
    return name;
  }

  /** Keeps {@link #unique} from handing out these names, which are to be declared later. */
  void reserve(Collection<String> names) {
    reserved.addAll(names);
  }
}
