package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.infer;
import static dev.graft.graph.ops.Nodes.longs;
import static dev.graft.graph.ops.Nodes.refusal;
import static dev.graft.graph.ops.Nodes.type;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import dev.graft.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElementTypeRuleTest {
  @ParameterizedTest
  @ValueSource(strings = {"Exp", "Sigmoid", "Erf", "Softmax", "Gelu", "Floor", "LpNormalization"})
  void functionsOfRealNumbersRefuseBooleans(String operator) {
    assertTrue(refusal(operator, type(DType.BOOL, 3)).contains("BOOL[3]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sin", "Sqrt", "Tanh", "LogSoftmax", "IsNaN"})
  void functionsOfRealNumbersRefuseIntegers(String operator) {
    assertTrue(refusal(operator, longs(3)).contains("floating"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Add", "Max", "Equal", "MatMul", "PRelu"})
  void operandsOfDifferentElementTypesAreRefused(String operator) {
    assertTrue(refusal(operator, floats(2, 2), longs(2, 2)).contains("one element type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"And", "Or", "Xor"})
  void logicRefusesNumbers(String operator) {
    assertTrue(refusal(operator, floats(2), floats(2)).contains("boolean"));
  }

  @Test
  void aPowerHasTheTypeOfItsBase() {
    assertEquals(floats(2, 3), infer("Pow", floats(2, 1), longs(3)));
  }

  @Test
  void aRemainderOfFloatsNeedsFmod() {
    assertTrue(refusal("Mod", floats(2), floats(2)).contains("fmod=1"));
    assertEquals(floats(2), infer("Mod", Attributes.of("fmod", 1), floats(2), floats(2)));
  }

  @Test
  void castTakesItsTypeByName() {
    assertEquals(type(DType.INT8, 2), infer("Cast", Attributes.of("to", "INT8"), floats(2)));
    assertTrue(refusal("Cast", Attributes.of("to", "DECIMAL"), floats(2)).contains("DECIMAL"));
    assertTrue(refusal("Cast", floats(2)).contains("'to'"));
  }

  @Test
  void castLikeTakesTheOthersElementTypeAndKeepsItsShape() {
    assertEquals(longs(2, 3), infer("CastLike", floats(2, 3), longs()));
  }

  @Test
  void whereNeedsABooleanCondition() {
    assertEquals(floats(2, 3), infer("Where", type(DType.BOOL, 2, 1), floats(3), floats()));
    assertTrue(refusal("Where", floats(2), floats(2), floats(2)).contains("boolean"));
  }

  @Test
  void aBoundOfClipIsOneNumber() {
    assertEquals(floats(4), infer("Clip", floats(4), floats(), floats()));
    assertTrue(refusal("Clip", floats(4), floats(4)).contains("scalar"));
  }

  @Test
  void aSlopeNeverWidensPRelu() {
    assertEquals(floats(2, 3, 4), infer("PRelu", floats(2, 3, 4), floats(3, 1)));
    assertTrue(refusal("PRelu", floats(3), floats(2, 3)).contains("slope"));
  }
}
