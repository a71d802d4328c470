package dev.graft.backend.djl;

import dev.graft.backend.NodeSignature;
import dev.graft.backend.Support;
import dev.graft.graph.Node;
import dev.graft.tensor.TensorType;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The operators that this backend translates itself, one row each. */
final class TorchOperators {
  /** Says why a node cannot be translated, or gives null. */
  interface Restriction extends Function<NodeSignature, @Nullable String> {}

  private record Row(Consumer<Emission> translation, Restriction restriction) {}

  private static final Map<String, Row> ROWS = new HashMap<>();

  static {
    TorchOperators rows = new TorchOperators();
    ElementwiseOperators.register(rows);
    ReductionOperators.register(rows);
    ShapeTranslations.register(rows);
    IndexingOperators.register(rows);
    ConvolutionOperators.register(rows);
    PoolingOperators.register(rows);
    NormalizationOperators.register(rows);
    ProductOperators.register(rows);
    UpdateOperators.register(rows);
  }

  private TorchOperators() {}

  void add(String operator, Consumer<Emission> translation) {
    add(operator, node -> null, translation);
  }

  void add(String operator, Restriction restriction, Consumer<Emission> translation) {
    ROWS.put(operator, new Row(translation, restriction));
  }

  /** An operator whose translation is one expression. */
  void expression(String operator, Function<Emission, String> expression) {
    add(operator, e -> e.out(expression.apply(e)));
  }

  /** An operator whose translation is one expression, with a restriction. */
  void expression(String operator, Restriction restriction, Function<Emission, String> expression) {
    add(operator, restriction, e -> e.out(expression.apply(e)));
  }

  static boolean has(String operator) {
    return ROWS.containsKey(operator);
  }

  /** Whether a node of any graph can be run: inputs that decide about shapes will be bound. */
  static Support supports(NodeSignature node) {
    return supports(node, true);
  }

  /** Whether a node can be translated as it stands. */
  static Support translates(NodeSignature node) {
    return supports(node, false);
  }

  private static Support supports(NodeSignature node, boolean willBeBound) {
    Row row = ROWS.get(node.operator().name());
    if (row == null) {
      return Support.no("no translation to TorchScript");
    }
    for (TensorType type : node.inputs()) {
      if (type != null && !TorchTypes.has(type.dtype())) {
        return Support.no("PyTorch does not compute with " + type.dtype());
      }
    }
    for (TensorType type : node.outputs()) {
      if (type != null && !TorchTypes.has(type.dtype())) {
        return Support.no("PyTorch does not compute with " + type.dtype());
      }
    }
    boolean later = willBeBound && row.restriction() instanceof ConstantInputs;
    String refusal = later ? null : row.restriction().apply(node);
    return refusal == null ? Support.YES : Support.no(refusal);
  }

  static void emit(Emission emission, Node node) {
    ROWS.get(node.operator().name()).translation().accept(emission);
  }

  /** Requires that these inputs, where they are there, are constants. */
  static Restriction constants(int... inputs) {
    return new ConstantInputs(inputs);
  }

  /** A restriction that holds once a program is bound to the values of its feeds. */
  private record ConstantInputs(int... inputs) implements Restriction {
    @Override
    public @Nullable String apply(NodeSignature node) {
      for (int i : inputs) {
        if (node.hasInput(i) && node.constants().get(i) == null) {
          return "input " + i + " must be constant";
        }
      }
      return null;
    }
  }

  /** Requires fixed input and output shapes, which only data-dependent operators lack. */
  static @Nullable String dynamic(NodeSignature node) {
    boolean fixed =
        node.inputs().stream().allMatch(t -> t == null || t.shape().isStatic())
            && node.outputs().stream().allMatch(t -> t == null || t.shape().isStatic());
    return fixed ? null : "its shapes depend on data";
  }
}
