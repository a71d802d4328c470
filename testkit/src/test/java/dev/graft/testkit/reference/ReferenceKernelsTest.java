package dev.graft.testkit.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.testkit.cases.Sample;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Values that were computed by hand. */
class ReferenceKernelsTest {
  private static HostTensor evaluate(Sample sample, int output) {
    Map<String, HostTensor> results = ReferenceInterpreter.of(sample.graph()).run(sample.feeds());
    return results.get("out" + output);
  }

  private static void check(Sample sample, double... expected) {
    checkOutput(sample, 0, expected);
  }

  private static void checkOutput(Sample sample, int output, double... expected) {
    assertArrayEquals(expected, evaluate(sample, output).toDoubles(), 1e-6);
  }

  private static HostTensor floats(float... values) {
    return HostTensor.of(values, values.length);
  }

  private static HostTensor counting(long... shape) {
    return HostTensor.fromDoubles(TensorType.of(DType.FLOAT32, shape), i -> i + 1);
  }

  @Test
  void additionBroadcastsBothWays() {
    Sample sample =
        Sample.of(
            "Add",
            HostTensor.of(new float[] {1, 2}, 2, 1),
            HostTensor.of(new float[] {10, 20, 30}, 1, 3));
    check(sample, 11, 21, 31, 12, 22, 32);
  }

  @Test
  void integerDivisionTruncatesTowardsZero() {
    check(Sample.of("Div", HostTensor.vector(-7, 7), HostTensor.vector(2, -2)), -3, -3);
  }

  @Test
  void modTakesTheSignOfTheDivisorUnlessFmod() {
    HostTensor divisors = HostTensor.vector(2, -5);
    check(Sample.of("Mod", HostTensor.vector(-3, 7), divisors), 1, -3);
    check(Sample.of("Mod", HostTensor.vector(-3, 7), divisors).with("fmod", 1), -1, 2);
  }

  @Test
  void smallIntegersWrap() {
    HostTensor x = HostTensor.fromLongs(TensorType.of(DType.UINT8, 2), i -> 200 + i);
    check(Sample.of("Add", x, x), 144, 146);
  }

  @Test
  void errorFunctionAgreesWithTables() {
    // Abramowitz and Stegun, table 7.1.
    check(Sample.of("Erf", floats(0, 0.5f, 1, -2)), 0, 0.5204998778, 0.8427007929, -0.9953222650);
  }

  @Test
  void softmaxOfLargeNumbersIsFinite() {
    check(
        Sample.of("Softmax", HostTensor.of(new double[] {1000, 1000 + Math.log(3)}, 2)),
        0.25,
        0.75);
  }

  @Test
  void reductionOverNothingGivesTheNeutralElement() {
    HostTensor empty = HostTensor.of(new float[0], 1, 0);
    check(Sample.of("ReduceSum", empty).vector(1), 0);
    check(Sample.of("ReduceProd", empty).vector(1), 1);
    check(Sample.of("ReduceMax", empty).vector(1), Double.NEGATIVE_INFINITY);
  }

  @Test
  void argMaxTakesTheFirstOfEqualsUnlessAskedForTheLast() {
    Sample sample = Sample.of("ArgMax", floats(1, 5, 5, 2));
    check(sample, 1);
    check(sample.with("select_last_index", 1), 2);
  }

  @Test
  void topKGivesValuesAndPositions() {
    Sample sample = Sample.of("TopK", floats(3, 9, 1, 9)).vector(3).outputs(2);
    checkOutput(sample, 0, 9, 9, 3);
    checkOutput(sample, 1, 1, 3, 0);
  }

  @Test
  void sliceStepsBackwards() {
    check(Sample.of("Slice", counting(5)).vector(-1).vector(-100).vector(0).vector(-2), 5, 3, 1);
  }

  @Test
  void reflectionDoesNotRepeatTheBorder() {
    check(Sample.of("Pad", counting(3)).vector(2, 1).with("mode", "reflect"), 3, 2, 1, 2, 3, 2);
  }

  @Test
  void gatherCountsFromTheEndAndRefusesWhatIsOutside() {
    check(Sample.of("Gather", counting(3, 2), HostTensor.vector(-1, 0)), 5, 6, 1, 2);
    Sample outside = Sample.of("Gather", counting(3), HostTensor.vector(3));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> evaluate(outside, 0));
    assertEquals("Gather (node 'tested'): index 3 is outside an axis of size 3", e.getMessage());
  }

  @Test
  void gradientOfGatherAddsDuplicates() {
    Sample sample =
        Sample.of("GatherGradient", floats(1, 10, 100), HostTensor.vector(2, 0, 2))
            .with("axis", 0)
            .with("input_shape", new long[] {3});
    check(sample, 10, 0, 101);
  }

  @Test
  void convolutionOfARow() {
    Sample sample =
        Sample.of("Conv", counting(1, 1, 4), HostTensor.of(new float[] {1, 10, 100}, 1, 1, 3))
            .with("pads", new long[] {1, 0})
            .with("strides", new long[] {2});
    // The kernel stands on (0, 1, 2) and (2, 3, 4).
    check(sample, 210, 432);
  }

  @Test
  void groupedConvolutionKeepsGroupsApart() {
    HostTensor weights = HostTensor.of(new float[] {1, 10}, 2, 1, 1);
    Sample sample = Sample.of("Conv", counting(1, 2, 2), weights, floats(0, 5)).with("group", 2);
    check(sample, 1, 2, 35, 45);
  }

  @Test
  void transposedConvolutionSpreadsTheKernel() {
    Sample sample =
        Sample.of(
                "ConvTranspose",
                HostTensor.of(new float[] {1, 2}, 1, 1, 2),
                HostTensor.of(new float[] {1, 10, 100}, 1, 1, 3))
            .with("strides", new long[] {2});
    check(sample, 1, 10, 102, 20, 200);
  }

  @Test
  void maxPoolingTellsPositionsInTheWholeTensor() {
    Sample sample =
        Sample.of("MaxPool", HostTensor.of(new float[] {1, 4, 2, 3, 9, 9, 0, 8}, 1, 2, 4))
            .with("kernel_shape", new long[] {2})
            .with("strides", new long[] {2})
            .outputs(2);
    checkOutput(sample, 0, 4, 3, 9, 8);
    checkOutput(sample, 1, 1, 3, 4, 7);
  }

  @Test
  void averagePoolingCountsPaddingOnlyIfAsked() {
    Sample sample =
        Sample.of("AveragePool", counting(1, 1, 2))
            .with("kernel_shape", new long[] {2})
            .with("pads", new long[] {1, 0});
    check(sample, 1, 1.5);
    check(sample.with("count_include_pad", 1), 0.5, 1.5);
  }

  @Test
  void batchNormalisationInTrainingMovesItsStatistics() {
    Sample sample =
        Sample.of(
                "BatchNormalizationTraining",
                HostTensor.of(new float[] {1, 3}, 2, 1),
                floats(2),
                floats(5),
                floats(10),
                floats(20))
            .with("momentum", 0.75)
            .with("epsilon", 0.0)
            .outputs(5);
    checkOutput(sample, 0, 3, 7);
    checkOutput(sample, 1, 8); // 0.75 * 10 + 0.25 * 2
    checkOutput(sample, 2, 15.25); // 0.75 * 20 + 0.25 * 1, the biased variance
    checkOutput(sample, 3, 2);
    checkOutput(sample, 4, 1);
  }

  @Test
  void layerNormalisationCentresAndScalesEachRow() {
    HostTensor x = HostTensor.of(new float[] {1, 3, 10, 30}, 2, 2);
    Sample sample =
        Sample.of("LayerNormalization", x, floats(1, 2), floats(0, 100)).with("epsilon", 0.0);
    check(sample, -1, 102, -1, 102);
  }

  @Test
  void oneStepOfAnLstm() {
    HostTensor zeros = HostTensor.of(new float[4], 1, 4, 1);
    HostTensor x = HostTensor.of(new float[] {1}, 1, 1, 1);
    HostTensor cell = HostTensor.of(new float[] {2}, 1, 1, 1);
    Sample sample =
        Sample.of("LSTM", x, zeros, zeros, null, null, null, cell)
            .with("hidden_size", 1)
            .outputs(3);
    // All gates are 0.5 and the candidate is 0: c = 0.5 * 2, h = 0.5 * tanh(1).
    checkOutput(sample, 2, 1);
    checkOutput(sample, 1, 0.5 * Math.tanh(1));
  }

  @Test
  void attentionWithEqualScoresAverages() {
    HostTensor zeros = HostTensor.full(TensorType.of(DType.FLOAT32, 1, 1, 2, 2), 0);
    Sample sample = Sample.of("Attention", zeros, zeros, counting(1, 1, 2, 2));
    check(sample, 2, 3, 2, 3);
    check(sample.with("is_causal", 1), 1, 2, 2, 3);
  }

  @Test
  void crossEntropyIgnoresALabel() {
    HostTensor scores = HostTensor.full(TensorType.of(DType.FLOAT32, 3, 4), 0);
    Sample sample =
        Sample.of("SoftmaxCrossEntropyLoss", scores, HostTensor.vector(0, 3, 3))
            .with("ignore_index", 3)
            .with("reduction", "sum");
    check(sample, Math.log(4));
  }

  @Test
  void quantisationRoundsToEvenAndSaturates() {
    HostTensor zero = HostTensor.fromLongs(TensorType.of(DType.UINT8), i -> 128);
    Sample sample =
        Sample.of("QuantizeLinear", floats(1, 3, 1000, -1000))
            .constants(HostTensor.scalar(2f), zero);
    check(sample, 128, 130, 255, 0);
  }

  @Test
  void nesterovLooksAhead() {
    Sample sample =
        Sample.of("SgdUpdate", floats(1), floats(2), floats(4), HostTensor.scalar(0.1f))
            .with("momentum", 0.5)
            .with("nesterov", 1)
            .outputs(2);
    // v = 0.5 * 4 + 2 = 4; p = 1 - 0.1 * (2 + 0.5 * 4)
    checkOutput(sample, 0, 0.6);
    checkOutput(sample, 1, 4);
  }

  @Test
  void theFirstStepOfAdamGoesByTheRate() {
    HostTensor zeros = floats(0, 0);
    HostTensor gradient = floats(0.3f, -20);
    Sample sample =
        Sample.of(
                "AdamWUpdate",
                floats(1, 1),
                gradient,
                zeros,
                zeros,
                HostTensor.scalar(1f),
                HostTensor.scalar(0.1f))
            .with("weight_decay", 0.5)
            .outputs(3);
    // The corrected moments are g and g * g: a step of one rate, and a decay of rate * 0.5.
    check(sample, 1 - 0.1 - 0.05, 1 + 0.1 - 0.05);
  }

  @Test
  void aTransposeIsUndoneByItsInverse() {
    HostTensor x = counting(2, 3, 4);
    HostTensor there = evaluate(Sample.of("Transpose", x).with("perm", new long[] {2, 0, 1}), 0);
    HostTensor back = evaluate(Sample.of("Transpose", there).with("perm", new long[] {1, 2, 0}), 0);
    assertEquals(x, back);
  }
}
