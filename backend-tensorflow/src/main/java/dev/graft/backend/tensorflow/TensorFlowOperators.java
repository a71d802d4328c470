package dev.graft.backend.tensorflow;

import dev.graft.backend.NodeSignature;
import dev.graft.backend.Support;
import dev.graft.graph.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;

/** The operators that this backend translates itself, one row each. */
final class TensorFlowOperators {
  /** What a row demands of its nodes. */
  interface Restriction {
    /**
     * Why a node cannot be translated, or null.
     *
     * @param bound whether the node's graph has been bound to the sizes of its feeds, and to the
     *     values of those that decide about shapes, so that what is open now stays open
     */
    @Nullable String refusal(NodeSignature node, boolean bound);
  }

  private record Row(Consumer<Emission> translation, Restriction restriction, boolean pointwise) {}

  private static final Map<String, Row> ROWS = new HashMap<>();

  static {
    TensorFlowOperators rows = new TensorFlowOperators();
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

  private TensorFlowOperators() {}

  void add(String operator, Restriction restriction, Consumer<Emission> translation) {
    ROWS.put(operator, new Row(translation, restriction, false));
  }

  void add(String operator, Consumer<Emission> translation) {
    add(operator, (node, bound) -> null, translation);
  }

  /** An operator whose translation is one expression. */
  void expression(String operator, Restriction restriction, Function<Emission, Output<?>> f) {
    add(operator, restriction, e -> e.out(0, f.apply(e)));
  }

  void expression(String operator, Function<Emission, Output<?>> f) {
    expression(operator, (node, bound) -> null, f);
  }

  /** An expression of single elements, which is the same in every order of elements. */
  void pointwise(String operator, Function<Emission, Output<?>> f) {
    pointwise(operator, (node, bound) -> null, f);
  }

  void pointwise(String operator, Restriction restriction, Function<Emission, Output<?>> f) {
    ROWS.put(operator, new Row(e -> e.out(0, f.apply(e)), restriction, true));
  }

  static boolean has(String operator) {
    return ROWS.containsKey(operator);
  }

  /** Whether a node of any graph can be run: sizes and what decides about them will be bound. */
  static Support supports(NodeSignature node) {
    return supports(node, false);
  }

  /** Whether a node can be translated as it stands. */
  static Support translates(NodeSignature node) {
    return supports(node, true);
  }

  private static Support supports(NodeSignature node, boolean bound) {
    Row row = ROWS.get(node.operator().name());
    if (row == null) {
      return Support.no("no translation to TensorFlow");
    }
    String refusal = row.restriction().refusal(node, bound);
    return refusal == null ? Support.YES : Support.no(refusal);
  }

  static void emit(GraphWriter writer, Node node) {
    Row row = ROWS.get(node.operator().name());
    Emission emission = new Emission(writer, node);
    if (row.pointwise() && keepsChannelsLast(emission)) {
      emission.useChannelsLast();
    }
    row.translation().accept(emission);
  }

  /** Whether one of the largest inputs is there with its channels innermost. */
  private static boolean keepsChannelsLast(Emission e) {
    int rank = e.outputType(0).rank();
    return rank > 2
        && IntStream.range(0, e.inputs())
            .anyMatch(i -> e.has(i) && e.type(i).rank() == rank && e.prefersChannelsLast(i));
  }

  /** Requires that these inputs, where they are there, are constants. */
  static Restriction constants(int... inputs) {
    return (node, bound) -> {
      for (int i : inputs) {
        if (bound && node.hasInput(i) && node.constants().get(i) == null) {
          return "input " + i + " must be constant";
        }
      }
      return null;
    };
  }

  static Restriction both(Restriction one, Restriction other) {
    return (node, bound) -> {
      String refusal = one.refusal(node, bound);
      return refusal == null ? other.refusal(node, bound) : refusal;
    };
  }

  /** Requires fixed input and output shapes, which only data-dependent operators lack. */
  static @Nullable String dynamic(NodeSignature node, boolean bound) {
    boolean fixed =
        node.inputs().stream().allMatch(t -> t == null || t.shape().isStatic())
            && node.outputs().stream().allMatch(t -> t == null || t.shape().isStatic());
    return fixed || !bound ? null : "its shapes depend on data";
  }
}
