package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.longs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Value;
import dev.graft.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backend may decompose a graph whose batch is still a symbol; the types must not change. */
class SymbolicDecompositionTest {
  private static void survives(
      String operator, Attributes attributes, int outputs, TensorType... inputs) {
    GraphBuilder g = new GraphBuilder();
    Value[] in = new Value[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      in[i] = inputs[i] == null ? null : g.input("in" + i, inputs[i]);
    }
    List<Value> results = g.ops(operator, attributes, outputs, in);
    results.forEach(g::output);
    Graph before = g.build();
    Graph after = Rewriter.decompose(before, (graph, n) -> n.operator().name().equals(operator));
    assertNotEquals(before.nodes(), after.nodes());
    before.outputs().forEach(o -> assertEquals(before.type(o), after.type(o), operator));
  }

  private static Attributes heads(long q, long kv) {
    return Attributes.of("q_num_heads", q, "kv_num_heads", kv);
  }

  @Test
  void attentionKeepsSymbolicBatchesAndSequences() {
    TensorType q = floats("b", "s", 24);
    survives("Attention", heads(4, 4).with("is_causal", 1), 1, q, q, q);
    TensorType kv = floats("b", "t", 12);
    survives("Attention", heads(4, 2), 3, q, kv, kv, floats("b", 1, "s", "t"));
    TensorType k4 = floats("b", 2, "s", 6);
    TensorType past = floats("b", 2, "p", 6);
    survives(
        "Attention",
        Attributes.of("is_causal", 1, "qk_matmul_output_mode", 3),
        4,
        floats("b", 2, "s", 6),
        k4,
        k4,
        null,
        past,
        past);
  }

  @Test
  void rotaryEmbeddingKeepsSymbolicSequences() {
    survives(
        "RotaryEmbedding",
        Attributes.of("num_heads", 4),
        1,
        floats("b", "s", 32),
        floats(100, 4),
        floats(100, 4),
        longs("b", "s"));
    survives(
        "RotaryEmbedding",
        Attributes.of("interleaved", 1),
        1,
        floats("b", 4, "s", 8),
        floats("b", "s", 4),
        floats("b", "s", 4));
  }

  @Test
  void recurrentLayersKeepASymbolicBatchButNotASymbolicTime() {
    TensorType w = floats(2, 20, 3);
    TensorType r = floats(2, 20, 5);
    Attributes both = Attributes.of("direction", "bidirectional", "hidden_size", 5);
    survives("LSTM", both, 3, floats(6, "b", 3), w, r);
    survives("LSTM", both.with("layout", 1), 3, floats("b", 6, 3), w, r);
    assertThrows(GraphException.class, () -> survives("LSTM", both, 1, floats("t", "b", 3), w, r));
  }

  @Test
  void normalisationsKeepSymbolicImages() {
    TensorType x = floats("b", 6, "h", "w");
    TensorType c = floats(6);
    survives("InstanceNormalization", Attributes.NONE, 1, x, c, c);
    survives("GroupNormalization", Attributes.of("num_groups", 3), 1, x, c, c);
    survives("LRN", Attributes.of("size", 3), 1, x);
    survives("MeanVarianceNormalization", Attributes.NONE, 1, x);
    survives("BatchNormalization", Attributes.NONE, 1, x, c, c, c, c);
    survives("LayerNormalization", Attributes.NONE, 3, floats("b", "s", 8), floats(8), floats(8));
    survives("RMSNormalization", Attributes.NONE, 1, floats("b", "s", 8), floats(8));
  }

  @Test
  void poolsAndBlocksKeepSymbolicImages() {
    TensorType x = floats("b", 8, "h", "w");
    survives("GlobalMaxPool", Attributes.NONE, 1, x);
    survives("GlobalLpPool", Attributes.of("p", 3), 1, x);
    survives("DepthToSpace", Attributes.of("blocksize", 2, "mode", "CRD"), 1, x);
    survives("DepthToSpace", Attributes.of("blocksize", 2), 1, x);
    survives("SpaceToDepth", Attributes.of("blocksize", 2), 1, floats("b", 8, 4, 6));
    survives("LpPool", Attributes.of("kernel_shape", new long[] {2, 3}), 1, floats("b", 8, 9, 9));
  }
}
