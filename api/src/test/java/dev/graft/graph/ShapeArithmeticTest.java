package dev.graft.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShapeArithmeticTest {
  private final GraphBuilder g = new GraphBuilder();
  private final Dim batch = Dim.symbol("batch");
  private final Value x =
      g.input(
          "x", new TensorType(DType.FLOAT32, new Shape(List.of(batch, Dim.of(12), Dim.of(64)))));
  private final Value shape = g.op("Shape", x);

  private List<Dim> dims(Value v) {
    return g.dimsOf(v.name()).orElseThrow();
  }

  private Value gathered(long index) {
    return g.op("Gather", shape, g.scalar(DType.INT64, index));
  }

  @Test
  void theOldExportersHeadSplitGivesSymbolicHeads() {
    Value b = gathered(0).unsqueeze(0);
    Value s = gathered(1).unsqueeze(0);
    Value size = g.op("Div", gathered(-1), g.scalar(DType.INT64, 4)).cast(DType.INT64).unsqueeze(0);
    Value wanted = g.op("Concat", Attributes.of("axis", 0), b, s, g.vector(4), size);
    assertEquals(List.of(batch, Dim.of(12), Dim.of(4), Dim.of(16)), dims(wanted));
    assertEquals("[batch, 12, 4, 16]", g.op("Reshape", x, wanted).shape().toString());
  }

  @Test
  void expandToMinusOneIsReplacedByOnes() {
    Value wanted = g.op("Concat", Attributes.of("axis", 0), gathered(0).unsqueeze(0), g.vector(-1));
    Value ones =
        g.op(
            "ConstantOfShape",
            Attributes.of("value", HostTensor.of(new long[] {1}, 1)),
            g.vector(2));
    Value open = wanted.equalTo(ones.mul(g.scalar(DType.INT64, -1)));
    assertEquals(List.of(batch, Dim.of(1)), dims(open.where(ones, wanted)));
  }

  @Test
  void sizesScaledAsFloatsComeBackAsSizes() {
    Value height = gathered(1).cast(DType.FLOAT32).mul(1.5);
    assertEquals(List.of(Dim.of(18)), dims(g.op("Floor", height).cast(DType.INT64)));
    Value root = gathered(2).cast(DType.FLOAT32).sqrt();
    assertEquals(8, g.knownOf(root.name()).orElseThrow().getDouble(0));
  }

  @Test
  void padsOfTheOldExporterFold() {
    Value half = g.vector(0, 0, 1, 2);
    Value zeros =
        g.op(
            "ConstantOfShape",
            Attributes.of("value", HostTensor.of(new long[] {0}, 1)),
            g.vector(2));
    Value pairs = g.op("Concat", Attributes.of("axis", 0), half, zeros).reshape(-1, 2);
    Value reversed =
        g.op("Slice", pairs, g.vector(-1), g.vector(Long.MIN_VALUE), g.vector(0), g.vector(-1));
    Value pads = reversed.transpose(1, 0).reshape(-1);
    assertEquals("[0, 1, 0, 0, 2, 0]", dims(pads).toString());
    assertEquals("[batch, 15, 64]", g.op("Pad", x, pads).shape().toString());
  }

  @Test
  void productsQuotientsAndRemaindersOfSymbolsAreExact() {
    Value all = g.op("Size", x);
    assertEquals("[768*batch]", dims(all).toString());
    assertEquals("[12*batch]", dims(g.op("Div", all, gathered(2))).toString());
    assertEquals("[0]", dims(g.op("Mod", all, gathered(1))).toString());
    assertEquals("[batch]", dims(g.op("Max", gathered(0), g.scalar(DType.INT64, 1))).toString());
  }

  @Test
  void whatDependsOnASymbolIsNotGuessed() {
    Value known = gathered(0).equalTo(g.scalar(DType.INT64, 5));
    assertTrue(g.dimsOf(known.name()).isEmpty());
    assertTrue(g.dimsOf(g.op("Min", gathered(0), gathered(1)).name()).isEmpty());
  }

  @Test
  void everyPartOfASplitIsKnown() {
    List<Value> parts = g.ops("Split", Attributes.NONE, 2, shape, g.vector(1, 2));
    assertEquals(List.of(batch), dims(parts.get(0)));
    assertEquals(List.of(Dim.of(12), Dim.of(64)), dims(parts.get(1)));
  }

  @Test
  void clippedSizesAreKnown() {
    Value wide = g.op("Sub", g.vector(3, 9), g.vector(5, 1));
    assertEquals("[0, 8]", dims(g.op("Clip", wide, g.scalar(DType.INT64, 0), null)).toString());
    Value real = wide.cast(DType.FLOAT32);
    Value both = g.op("Clip", real, g.scalar(DType.FLOAT32, -1), g.scalar(DType.FLOAT32, 4));
    assertEquals("[-1, 4]", dims(both.cast(DType.INT64)).toString());
  }

  @Test
  void onceSizesAreFixedTheArithmeticIsGone() {
    Value wanted = g.op("Concat", Attributes.of("axis", 0), gathered(0).unsqueeze(0), g.vector(-1));
    Value flat = g.op("Reshape", x, wanted);
    Value again = flat.cast(DType.FLOAT32).neg();
    Graph fixed = Specialization.of(g.output(again, "y").build(), Map.of("batch", 5L));
    assertEquals(
        List.of("Reshape", "Neg", "Identity"),
        fixed.nodes().stream().map(n -> n.operator().name()).toList());
    assertEquals(TensorType.of(DType.FLOAT32, 5, 768), fixed.type("y"));
  }
}
