package dev.graft.testkit.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.testkit.reference.ReferenceInterpreter;
import dev.graft.testkit.reference.ReferenceInterpreter.Arithmetic;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Derivatives where the catalogue's random nodes seldom go: vectors and broadcast batches in
 * products, unusual Einsum equations, zeros in products, labels that are ignored.
 */
class EdgeDerivativeTest {
  private static final Draw DRAW = new Draw(new Seed(17));

  @ParameterizedTest
  @MethodSource({"products", "equations", "reductions", "elementwise", "losses"})
  void theDerivativeAgreesWithDifferences(Sample sample) {
    GradientCheck check = GradientCheck.of(sample, new Seed(5));
    Map<String, HostTensor> gradients =
        ReferenceInterpreter.of(check.gradients(), Arithmetic.FLOAT64).run(sample.feeds());
    check
        .differences()
        .forEach(
            (input, expected) ->
                assertArrayEquals(
                    expected.toDoubles(),
                    gradients.get(GradientCheck.gradientName(input)).toDoubles(),
                    1e-6,
                    () -> sample + ": " + input));
  }

  private static HostTensor reals(long... shape) {
    return DRAW.reals(shape).cast(DType.FLOAT64);
  }

  private static HostTensor values(double... values) {
    return HostTensor.of(values, values.length);
  }

  private static HostTensor number(double value) {
    return HostTensor.of(new double[] {value});
  }

  static Stream<Sample> products() {
    Stream<Sample> matMul =
        Stream.of(
            Sample.of("MatMul", reals(3), reals(3)),
            Sample.of("MatMul", reals(3), reals(3, 4)),
            Sample.of("MatMul", reals(3), reals(2, 3, 4)),
            Sample.of("MatMul", reals(2, 3), reals(3)),
            Sample.of("MatMul", reals(2, 2, 3), reals(3)),
            Sample.of("MatMul", reals(5, 2, 3), reals(3, 4)),
            Sample.of("MatMul", reals(2, 1, 2, 3), reals(3, 3, 2)),
            Sample.of("MatMul", reals(2, 3), reals(5, 3, 2)));
    Stream<Sample> gemm =
        Stream.of(0, 1).flatMap(a -> Stream.of(gemm(a, 0, reals(4)), gemm(a, 1, reals(2, 1))));
    return Stream.concat(matMul, gemm);
  }

  private static Sample gemm(int transA, int transB, HostTensor c) {
    return Sample.of(
            "Gemm",
            transA == 0 ? reals(2, 3) : reals(3, 2),
            transB == 0 ? reals(3, 4) : reals(4, 3),
            c)
        .with("transA", transA)
        .with("transB", transB)
        .with("alpha", 0.7)
        .with("beta", 1.3);
  }

  static Stream<Sample> equations() {
    return Stream.of(
        einsum("bhid,bhjd->bhij", reals(2, 2, 3, 2), reals(2, 2, 3, 2)),
        einsum("...ij,...jk->...ik", reals(2, 1, 2, 3), reals(3, 3, 2)),
        einsum("ij->", reals(2, 3)),
        einsum("...ii->...i", reals(2, 3, 3)),
        einsum("iji->j", reals(2, 3, 2)),
        einsum("i,j->ij", reals(2), reals(3)),
        einsum("i,i", reals(3), reals(3)),
        einsum("ij,kl->il", reals(2, 3), reals(2, 3)),
        einsum("bij,bjk,bkl->bil", reals(2, 2, 3), reals(2, 3, 2), reals(2, 2, 2)),
        einsum("abcd,bcde->ae", reals(2, 2, 3, 2), reals(2, 3, 2, 2)),
        einsum("bi,b->bi", reals(2, 3), reals(2)),
        einsum(",ij->ji", reals(), reals(2, 3)),
        einsum("...,...->", reals(2, 1), reals(3)));
  }

  private static Sample einsum(String equation, HostTensor... operands) {
    return Sample.of("Einsum", operands).with("equation", equation);
  }

  static Stream<Sample> reductions() {
    HostTensor zeros = HostTensor.of(new double[] {2, 0, 3, 0, 0, 5, 2, 3, 4}, 3, 3);
    Stream<Sample> untouched =
        Stream.of("ReduceSum", "ReduceMax", "ReduceProd", "ReduceL2", "ReduceLogSumExp")
            .map(op -> Sample.of(op, reals(2, 3)).with("noop_with_empty_axes", 1));
    return Stream.concat(
        untouched,
        Stream.of(
            Sample.of("ReduceProd", zeros).vector(1),
            Sample.of("CumSum", reals(3, 2))
                .constants(HostTensor.scalar(0L))
                .with("exclusive", 1)
                .with("reverse", 1),
            Sample.of("CumProd", zeros).constants(HostTensor.scalar(1L)),
            Sample.of("TopK", reals(4, 2)).vector(2).with("axis", 0).with("largest", 0)));
  }

  static Stream<Sample> elementwise() {
    return Stream.of(
        Sample.of("Pow", reals(2, 3)).constants(number(2)),
        Sample.of("Pow", reals(2, 3)).constants(number(3)),
        Sample.of("Pow", reals(2, 3)).constants(HostTensor.vector(4)),
        Sample.of("Mod", values(5.3, -7.1, 2.2), values(2, 3, -1.5)).with("fmod", 1),
        Sample.of("Max", reals(2, 3), reals(3), reals(2, 1)),
        Sample.of("Clip", reals(2, 3), null, number(0.3)),
        Sample.of("Clip", reals(2, 3), number(-0.2)),
        Sample.of("Where", HostTensor.of(new boolean[] {true, false}, 2, 1), reals(3), reals(2, 3)),
        Sample.of("HardSwish", DRAW.reals(-5.0, 5.0, 4, 5).cast(DType.FLOAT64)),
        Sample.of("PRelu", reals(2, 3, 2), reals(3, 1)));
  }

  static Stream<Sample> losses() {
    HostTensor labels = HostTensor.of(new long[] {0, -1, 1, 2}, 2, 2);
    return Stream.of("SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss")
        .flatMap(
            op ->
                Stream.of("mean", "sum", "none")
                    .map(
                        reduction ->
                            Sample.of(op, reals(2, 3, 2), labels)
                                .constants(values(0.5, 1.5, 0.8))
                                .with("ignore_index", -1)
                                .with("reduction", reduction)));
  }
}
