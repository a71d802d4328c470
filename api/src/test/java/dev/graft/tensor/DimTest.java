package dev.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DimTest {
  private final Dim batch = Dim.symbol("batch");
  private final Dim seq = Dim.symbol("seq");

  @Test
  void equalExpressionsAreEqual() {
    assertEquals(batch.times(seq).times(Dim.of(4)), Dim.of(4).times(seq).times(batch));
    assertEquals(batch.plus(seq).minus(batch), seq);
    assertEquals(Dim.of(0), batch.times(Dim.of(2)).minus(batch).minus(batch));
  }

  @Test
  void commonFactorsCancel() {
    Dim all = batch.times(seq).times(Dim.of(64));
    assertEquals(batch, all.floorDiv(seq.times(Dim.of(64))));
    assertEquals(seq.times(Dim.of(16)), all.floorDiv(batch.times(Dim.of(4))));
    Dim longer = seq.plus(Dim.of(1));
    assertEquals(batch, batch.times(longer).floorDiv(longer));
  }

  @Test
  void aRemainderStaysInTheName() {
    assertEquals("floor((seq)/(batch))", seq.floorDiv(batch).toString());
    assertEquals(seq.plus(Dim.of(1)), seq.times(Dim.of(2)).plus(Dim.of(3)).floorDiv(Dim.of(2)));
    assertEquals(
        "batch+floor((seq)/2)", batch.times(Dim.of(2)).plus(seq).floorDiv(Dim.of(2)).toString());
  }

  @Test
  void namesReadAsExpressions() {
    assertEquals("batch*seq+2*seq-1", batch.plus(Dim.of(2)).times(seq).minus(Dim.of(1)).toString());
    assertEquals("-batch+3", Dim.of(3).minus(batch).toString());
  }

  @Test
  void onlyNumbersHaveASize() {
    assertTrue(batch.times(Dim.of(0)).is(0));
    assertFalse(batch.isFixed());
    assertThrows(IllegalStateException.class, batch::size);
    assertThrows(ArithmeticException.class, () -> batch.floorDiv(Dim.of(0)));
  }
}
