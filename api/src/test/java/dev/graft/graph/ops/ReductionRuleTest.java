package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.infer;
import static dev.graft.graph.ops.Nodes.longs;
import static dev.graft.graph.ops.Nodes.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReductionRuleTest {
  private static TensorType reduce(TensorType input, boolean keep, long... axes) {
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", input);
    return builder.op("ReduceSum", Attributes.of("keepdims", keep), x, builder.vector(axes)).type();
  }

  @Property
  void reducedAxesBecomeOneOrVanish(
      @ForAll @Size(4) List<@IntRange(min = 1, max = 9) Integer> sizes,
      @ForAll @Size(min = 1, max = 4) Set<@IntRange(max = 3) Integer> axes,
      @ForAll boolean negative) {
    TensorType input = floats(sizes.toArray());
    long[] named = axes.stream().mapToLong(a -> negative ? a - 4 : a).toArray();
    TensorType kept = reduce(input, true, named);
    TensorType dropped = reduce(input, false, named);
    int next = 0;
    for (int i = 0; i < 4; i++) {
      if (axes.contains(i)) {
        assertTrue(kept.shape().dim(i).is(1));
      } else {
        assertEquals(Dim.of(sizes.get(i)), kept.shape().dim(i));
        assertEquals(Dim.of(sizes.get(i)), dropped.shape().dim(next++));
      }
    }
    assertEquals(next, dropped.rank());
  }

  @Test
  void withoutAxesEverythingIsReduced() {
    assertEquals(floats(1, 1), infer("ReduceMean", floats("batch", 3)));
    assertEquals(floats(), infer("ReduceMean", Attributes.of("keepdims", 0), floats("batch", 3)));
    assertEquals(floats(), reduce(floats(2, 3), false));
  }

  @Test
  void emptyAxesMayMeanNone() {
    Attributes noop = Attributes.of("noop_with_empty_axes", 1, "keepdims", 0);
    assertEquals(floats(2, 3), infer("ReduceSum", noop, floats(2, 3)));
    assertEquals(floats(2, 3), infer("ReduceSum", noop, floats(2, 3), longs(0)));
  }

  @Test
  void axesThatOnlyRunningTellsLeaveTheRankKnown() {
    TensorType kept = infer("ReduceSum", floats(2, 3, 4), longs(1));
    assertEquals(3, kept.rank());
    assertFalse(kept.shape().isStatic());
    TensorType dropped =
        infer("ReduceSum", Attributes.of("keepdims", 0), floats(2, 3, 4), longs(1));
    assertEquals(2, dropped.rank());
    assertTrue(
        refusal("ReduceSum", Attributes.of("keepdims", 0), floats(2, 3), longs("n"))
            .contains("axes"));
  }

  @Test
  void anAxisOutsideTheShapeIsRefused() {
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", floats(2, 3));
    org.junit.jupiter.api.Assertions.assertThrows(
        dev.graft.graph.GraphException.class, () -> x.sum(true, 2));
  }

  @Test
  void theTopElementsReplaceTheSizeOfTheirAxis() {
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", floats("batch", 9));
    List<Value> top = builder.ops("TopK", Attributes.NONE, 2, x, builder.vector(4));
    assertEquals(floats("batch", 4), top.get(0).type());
    assertEquals(longs("batch", 4), top.get(1).type());
  }

  @Test
  void anIndexOfTheMaximumIsAnInteger() {
    assertEquals(
        longs("batch"),
        infer("ArgMax", Attributes.of("axis", -1, "keepdims", 0), floats("batch", 9)));
  }

  @Test
  void quantizedTypesFollowTheZeroPoint() {
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", floats(2, 3));
    Value zero = builder.constant(HostTensor.full(TensorType.of(DType.INT8), 3));
    Value q = x.op("QuantizeLinear", builder.scalar(DType.FLOAT32, 0.1), zero);
    assertEquals(TensorType.of(DType.INT8, 2, 3), q.type());
    assertEquals(floats(2, 3), q.op("DequantizeLinear", builder.scalar(DType.FLOAT32, 1)).type());
  }
}
