package dev.graft.backend.onnx;

import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Replaces nodes by equal ones that ONNX Runtime computes faster, or at all: rectifiers' gradients,
 * comparisons that are turned into numbers, and the cosine in double precision.
 */
final class FastForms {
  private final Graph graph;
  private final Rewriter rewriter;

  private FastForms(Graph graph) {
    this.graph = graph;
    this.rewriter = new Rewriter(graph).copyInputs();
  }

  /** The rewritten graph. */
  static Graph apply(Graph graph) {
    FastForms forms = new FastForms(graph);
    for (Node node : graph.nodes()) {
      Optional<Value> form = forms.form(node);
      if (form.isPresent()) {
        forms.rewriter.bindOutputs(node, List.of(form.get()));
      } else {
        forms.rewriter.copy(node);
      }
    }
    return Rewriter.prune(forms.rewriter.finish());
  }

  /** Whether the cosine has no kernel but one of these forms. */
  static boolean isShiftedSine(String operator, TensorType input) {
    return operator.equals("Cos") && input.dtype() == DType.FLOAT64;
  }

  private Optional<Value> form(Node node) {
    String operator = node.operator().name();
    if (operator.equals("ReluGradient") && isSingle(node.inputs().get(0))) {
      return Optional.of(in(node, 0).mul(Steps.positive(in(node, 1))));
    }
    if (operator.equals("Cos") && isShiftedSine(operator, graph.type(node.inputs().get(0)))) {
      return Optional.of(rewriter.target().op("Sin", in(node, 0).add(Math.PI / 2)));
    }
    if (operator.equals("Cast") && isSingle(node.outputs().get(0))) {
      return graph.producer(node.inputs().get(0)).flatMap(this::indicator);
    }
    return Optional.empty();
  }

  private boolean isSingle(String value) {
    return graph.type(value).dtype() == DType.FLOAT32;
  }

  private Value in(Node node, int i) {
    return rewriter.get(node.inputs().get(i));
  }

  /** A comparison as 1 and 0. It is one of a difference, so both sides must not be infinite. */
  private Optional<Value> indicator(Node comparison) {
    if (comparison.inputs().size() != 2 || !isSingle(comparison.inputs().get(0))) {
      return Optional.empty();
    }
    boolean finite = IntStream.of(0, 1).anyMatch(i -> isFinite(comparison.inputs().get(i)));
    if (!finite) {
      return Optional.empty();
    }
    Value a = in(comparison, 0);
    Value b = in(comparison, 1);
    return switch (comparison.operator().name()) {
      case "Greater" -> Optional.of(Steps.positive(difference(comparison, a, b)));
      case "Less" -> Optional.of(Steps.positive(b.sub(a)));
      case "GreaterOrEqual" -> Optional.of(Steps.notPositive(b.sub(a)));
      case "LessOrEqual" -> Optional.of(Steps.notPositive(difference(comparison, a, b)));
      case "Equal" -> Optional.of(Steps.notPositive(rewriter.target().op("Abs", a.sub(b))));
      default -> Optional.empty();
    };
  }

  /** {@code a - b}, which is a where b is a constant zero of no more dimensions. */
  private Value difference(Node comparison, Value a, Value b) {
    HostTensor constant = graph.constants().get(comparison.inputs().get(1));
    boolean zero = constant != null && constant.size() == 1 && constant.getDouble(0) == 0;
    return zero && b.rank() <= a.rank() ? a : a.sub(b);
  }

  /** Whether a value is a finite constant, or clipped to a finite range. */
  private boolean isFinite(String value) {
    HostTensor constant = graph.constants().get(value);
    if (constant != null) {
      return IntStream.range(0, constant.size())
          .allMatch(i -> Double.isFinite(constant.getDouble(i)));
    }
    return graph
        .producer(value)
        .filter(n -> n.operator().name().equals("Clip"))
        .map(n -> isBound(n, 1) && isBound(n, 2))
        .orElse(false);
  }

  private boolean isBound(Node clip, int input) {
    return clip.hasInput(input) && isFinite(clip.inputs().get(input));
  }
}
