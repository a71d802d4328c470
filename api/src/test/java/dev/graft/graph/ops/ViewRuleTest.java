package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.infer;
import static dev.graft.graph.ops.Nodes.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Value;
import dev.graft.tensor.TensorType;
import org.junit.jupiter.api.Test;

class ViewRuleTest {
  private final GraphBuilder g = new GraphBuilder();

  private TensorType reshape(TensorType from, Attributes attributes, long... shape) {
    Value x = g.input(g.unique("x"), from);
    return g.op("Reshape", attributes, x, g.vector(shape)).type();
  }

  private TensorType reshape(TensorType from, long... shape) {
    return reshape(from, Attributes.NONE, shape);
  }

  @Test
  void anOpenDimensionCancelsSymbols() {
    assertEquals(floats("batch", 1024), reshape(floats("batch", 16, 8, 8), -1, 1024));
    assertEquals(floats("batch", 16, 64), reshape(floats("batch", 1024), -1, 16, 64));
    assertEquals(floats("batch", 1024), reshape(floats("batch", 16, 64), 0, -1));
    assertEquals(floats("batch", "seq", 4, 16), reshape(floats("batch", "seq", 64), 0, 0, 4, -1));
  }

  @Test
  void symbolsThatWereMergedComeApartAgain() {
    Value x = g.input("x", floats("batch", "seq", 64));
    Value rows = x.reshape(-1, 64);
    assertEquals("[batch*seq, 64]", rows.shape().toString());
    Value seq = g.op("Shape", Attributes.of("start", 1, "end", 2), x);
    Value shape = g.op("Concat", Attributes.of("axis", 0), g.vector(-1), seq, g.vector(4, 16));
    assertEquals(floats("batch", "seq", 4, 16), g.op("Reshape", rows, shape).type());
  }

  @Test
  void zeroCopiesUnlessItIsAllowed() {
    assertEquals(floats(2, 12), reshape(floats(2, 3, 4), 0, -1));
    assertEquals(floats(0, 5), reshape(floats(3, 0), Attributes.of("allowzero", 1), 0, 5));
  }

  @Test
  void shapesThatDoNotFitAreRefusedByName() {
    GraphException e = assertThrows(GraphException.class, () -> reshape(floats(2, 3), 4, 2));
    assertTrue(e.getMessage().contains("Reshape (node 'Reshape')"), e.getMessage());
    assertThrows(GraphException.class, () -> reshape(floats(2, 3), 4, -1));
    assertThrows(GraphException.class, () -> reshape(floats(2, 3), -1, -1));
    assertThrows(GraphException.class, () -> reshape(floats(2), 2, 0));
  }

  @Test
  void flattenMultipliesWhatIsOnEachSide() {
    assertEquals(floats("b", 12), infer("Flatten", floats("b", 3, 4)));
    assertEquals(floats(1, 24), infer("Flatten", Attributes.of("axis", 0), floats(2, 3, 4)));
    assertEquals(floats(6, 4), infer("Flatten", Attributes.of("axis", -1), floats(2, 3, 4)));
    assertTrue(refusal("Flatten", Attributes.of("axis", 4), floats(2, 3)).contains("axis 4"));
  }

  @Test
  void squeezeAndUnsqueezeAreInverse() {
    Value x = g.input("x", floats("b", 3));
    Value wide = x.unsqueeze(0, -1);
    assertEquals(floats(1, "b", 3, 1), wide.type());
    assertEquals(x.type(), wide.squeeze(0, 3).type());
    assertEquals(floats("b", 3), g.op("Squeeze", wide).type());
    assertThrows(GraphException.class, () -> x.squeeze(1));
    assertThrows(GraphException.class, () -> x.unsqueeze(0, 0));
  }

  @Test
  void transposeReversesByDefault() {
    assertEquals(floats(4, 3, "b"), infer("Transpose", floats("b", 3, 4)));
    assertEquals(
        floats(3, "b", 4),
        infer("Transpose", Attributes.of("perm", new long[] {1, 0, 2}), floats("b", 3, 4)));
    refusal("Transpose", Attributes.of("perm", new long[] {0, 0}), floats(2, 3));
  }

  @Test
  void depthAndSpaceAreExchangedInBlocks() {
    Attributes two = Attributes.of("blocksize", 2);
    assertEquals(floats("b", 2, 6, 10), infer("DepthToSpace", two, floats("b", 8, 3, 5)));
    assertEquals(floats("b", 8, 3, 5), infer("SpaceToDepth", two, floats("b", 2, 6, 10)));
    refusal("SpaceToDepth", two, floats(1, 2, 3, 4));
  }

  @Test
  void tileMultipliesSymbols() {
    Value x = g.input("x", floats("b", 3));
    assertEquals("[2*b, 12]", g.op("Tile", x, g.vector(2, 4)).shape().toString());
    assertThrows(GraphException.class, () -> g.op("Tile", x, g.vector(2)));
  }
}
