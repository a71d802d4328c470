package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.infer;
import static dev.graft.graph.ops.Nodes.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.tensor.DType;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple3;
import org.junit.jupiter.api.Test;

class BroadcastRuleTest {
  /** Three shapes that broadcast together: each keeps a tail of one shape, some sizes set to 1. */
  @Provide
  Arbitrary<Tuple3<Object[], Object[], Object[]>> compatible() {
    Arbitrary<Object> size =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 9).map(i -> (Object) i),
            Arbitraries.of("batch", "sequence"));
    return size.list()
        .ofMaxSize(4)
        .flatMap(whole -> part(whole).tuple3().map(t -> Tuple.of(t.get1(), t.get2(), t.get3())));
  }

  private static Arbitrary<Object[]> part(List<Object> whole) {
    Arbitrary<List<Boolean>> ones = Arbitraries.of(true, false).list().ofSize(whole.size());
    return Arbitraries.integers()
        .between(0, whole.size())
        .flatMap(
            skip ->
                ones.map(
                    mask -> {
                      List<Object> sizes = new ArrayList<>();
                      for (int i = skip; i < whole.size(); i++) {
                        sizes.add(mask.get(i) ? (Object) 1 : whole.get(i));
                      }
                      return sizes.toArray();
                    }));
  }

  @Property
  void orderAndGroupingDoNotMatter(
      @ForAll("compatible") Tuple3<Object[], Object[], Object[]> shapes) {
    TensorType a = floats(shapes.get1());
    TensorType b = floats(shapes.get2());
    TensorType c = floats(shapes.get3());
    assertEquals(infer("Add", a, b), infer("Add", b, a));
    assertEquals(infer("Add", infer("Add", a, b), c), infer("Add", a, infer("Add", b, c)));
    assertEquals(infer("Sum", a, b, c), infer("Add", infer("Add", a, b), c));
  }

  @Property
  void theResultIsAtLeastAsLargeAsEachOperand(
      @ForAll("compatible") Tuple3<Object[], Object[], Object[]> shapes) {
    TensorType a = floats(shapes.get1());
    TensorType b = floats(shapes.get2());
    TensorType y = infer("Mul", a, b);
    assertEquals(y, infer("Mul", y, a));
    assertEquals(y, infer("Mul", y, b));
    assertEquals(Math.max(a.rank(), b.rank()), y.rank());
  }

  @Property
  void aComparisonIsBooleanAndOtherwiseBroadcastsAlike(
      @ForAll("compatible") Tuple3<Object[], Object[], Object[]> shapes) {
    TensorType a = floats(shapes.get1());
    TensorType b = floats(shapes.get2());
    assertEquals(infer("Add", a, b).withDType(DType.BOOL), infer("Less", a, b));
  }

  @Test
  void aSymbolAgainstOneStaysTheSymbol() {
    assertEquals(floats("batch", 3), infer("Add", floats("batch", 3), floats(1, 3)));
  }

  @Test
  void aSymbolAgainstAnotherSizeIsThatSize() {
    assertEquals(floats(7), infer("Add", floats("batch"), floats(7)));
  }

  @Test
  void twoSymbolsMakeOneThatDoesNotDependOnTheirOrder() {
    TensorType y = infer("Add", floats("a"), floats("b"));
    assertEquals(y, infer("Add", floats("b"), floats("a")));
    assertEquals(1, y.rank());
    assertTrue(!y.shape().dim(0).isFixed());
  }

  @Test
  void sizesThatDifferAreRefusedByName() {
    assertTrue(refusal("Add", floats(2, 3), floats(2, 4)).contains("3 and 4"));
  }
}
