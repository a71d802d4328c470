package dev.graft.backend.djl;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Node;
import dev.graft.graph.Operator;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Several nodes of a graph for which PyTorch has one kernel. */
final class TorchForms {
  /** The gradient by x of clipping x to fixed bounds, which still let it pass. */
  static final Operator CLIP_GRADIENT =
      Operator.of("torch.ClipGradient", Operator.GRAFT, 2, 2, n -> List.of(n.type(0)))
          .withoutGradient();

  private final Graph graph;
  private final Rewriter rewriter;

  private TorchForms(Graph graph) {
    this.graph = graph;
    this.rewriter = new Rewriter(graph).copyInputs();
  }

  /** The graph with these forms; its inputs and outputs stay. */
  static Graph apply(Graph graph) {
    TorchForms forms = new TorchForms(graph);
    for (Node node : graph.nodes()) {
      Optional<Value> form = forms.clipGradient(node);
      if (form.isPresent()) {
        forms.rewriter.bindOutputs(node, List.of(form.get()));
      } else {
        forms.rewriter.copy(node);
      }
    }
    return Rewriter.prune(forms.rewriter.finish());
  }

  /** {@code dy * cast(x == clip(x))}: three passes over memory. */
  private Optional<Value> clipGradient(Node product) {
    if (!product.operator().name().equals("Mul")
        || graph.type(product.outputs().get(0)).dtype() != DType.FLOAT32) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      String dy = product.inputs().get(1 - i);
      Optional<Node> clip =
          producer(product.inputs().get(i), "Cast")
              .flatMap(cast -> producer(cast.inputs().get(0), "Equal"))
              .flatMap(
                  equal ->
                      producer(equal.inputs().get(1), "Clip")
                          .filter(c -> c.inputs().get(0).equals(equal.inputs().get(0))));
      if (clip.isPresent() && graph.type(dy).equals(graph.type(clip.get().inputs().get(0)))) {
        return clipGradient(dy, clip.get());
      }
    }
    return Optional.empty();
  }

  private Optional<Value> clipGradient(String dy, Node clip) {
    Optional<Double> low = bound(clip, 1);
    Optional<Double> high = bound(clip, 2);
    if (low.isEmpty() || high.isEmpty()) {
      return Optional.empty();
    }
    GraphBuilder g = rewriter.target();
    String name = g.unique("clip_gradient");
    Attributes bounds = Attributes.of("min", low.get(), "max", high.get());
    List<String> inputs =
        List.of(rewriter.get(dy).name(), rewriter.get(clip.inputs().get(0)).name());
    return Optional.of(
        Objects.requireNonNull(
            g.node(new Node(name, CLIP_GRADIENT, inputs, List.of(name), bounds)).get(0)));
  }

  private Optional<Node> producer(String value, String operator) {
    return graph.producer(value).filter(n -> n.operator().name().equals(operator));
  }

  private Optional<Double> bound(Node clip, int input) {
    HostTensor bound =
        clip.hasInput(input) ? graph.constants().get(clip.inputs().get(input)) : null;
    return Optional.ofNullable(bound).map(b -> b.getDouble(0));
  }
}
