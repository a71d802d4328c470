package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.infer;
import static dev.graft.graph.ops.Nodes.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.TensorType;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SliceRuleTest {
  private final GraphBuilder g = new GraphBuilder();

  private Dim slice(Object size, long start, long end, long step) {
    Value x = g.input(g.unique("x"), floats(size));
    return g.op("Slice", x, g.vector(start), g.vector(end), g.vector(0), g.vector(step))
        .shape()
        .dim(0);
  }

  /** Counts as NumPy does, one index after the other. */
  @Property
  void fixedSlicesHaveAsManyElementsAsAWalkVisits(
      @ForAll @IntRange(max = 7) int size,
      @ForAll @IntRange(min = -10, max = 10) int start,
      @ForAll @IntRange(min = -10, max = 10) int end,
      @ForAll @IntRange(min = -3, max = 3) int step) {
    if (step == 0) {
      return;
    }
    int first = start < 0 ? start + size : start;
    int last = end < 0 ? end + size : end;
    first = Math.max(step > 0 ? 0 : -1, Math.min(first, step > 0 ? size : size - 1));
    last = Math.max(step > 0 ? 0 : -1, Math.min(last, step > 0 ? size : size - 1));
    // ONNX keeps the start of a backward slice inside the axis.
    first = step < 0 ? Math.max(0, first) : first;
    int visited = 0;
    for (int i = first; size > 0 && (step > 0 ? i < last : i > last); i += step) {
      visited++;
    }
    assertEquals(Dim.of(visited), new SliceRuleTest().slice(size, start, end, step));
  }

  @Test
  void symbolicSlicesKeepWhatIsSure() {
    assertEquals("b", slice("b", 0, Long.MAX_VALUE, 1).toString());
    assertEquals("b-1", slice("b", 1, Integer.MAX_VALUE, 1).toString());
    assertEquals("b-1", slice("b", 0, -1, 1).toString());
    assertEquals("floor((b+1)/2)", slice("b", 0, Long.MAX_VALUE, 2).toString());
    assertEquals(Dim.of(1), slice("b", 0, 1, 1));
    assertEquals(Dim.of(1), slice("b", -1, Long.MAX_VALUE, 1));
  }

  @Test
  void aSliceThatMayBeShorterThanAskedIsNotGuessed() {
    assertEquals(false, slice("b", 0, 512, 1).isFixed());
  }

  @Test
  void splitGivesTheLastPartWhatRemains() {
    Value x = g.input("x", floats(7, "b"));
    List<Value> parts = g.ops("Split", Attributes.of("num_outputs", 3), 3, x);
    assertEquals(
        List.of(floats(3, "b"), floats(3, "b"), floats(1, "b")),
        parts.stream().map(Value::type).toList());
    assertEquals(
        List.of(floats(2, "b"), floats(5, "b")),
        g.ops("Split", Attributes.NONE, 2, x, g.vector(2, 5)).stream().map(Value::type).toList());
    assertThrows(GraphException.class, () -> g.ops("Split", Attributes.NONE, 2, x, g.vector(2, 6)));
  }

  @Test
  void concatAddsSymbols() {
    TensorType joined =
        infer("Concat", Attributes.of("axis", 1), floats("b", "past", 8), floats("b", 1, 8));
    assertEquals("FLOAT32[b, past+1, 8]", joined.toString());
    refusal("Concat", Attributes.of("axis", 0), floats(2, 3), floats(2, 4));
  }

  @Test
  void padsMayNameTheirAxesAndBeNegative() {
    Value x = g.input("x", floats("b", 5, 6));
    assertEquals(floats("b", 8, 6), g.op("Pad", x, g.vector(0, 1, 0, 0, 2, 0)).type());
    assertEquals(
        floats("b", 5, 3),
        g.op("Pad", Attributes.NONE, x, g.vector(-1, -2), null, g.vector(-1)).type());
    assertThrows(GraphException.class, () -> g.op("Pad", x, g.vector(1, 2)));
  }
}
