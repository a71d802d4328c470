package dev.graft.testkit.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.graft.graph.Graph;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.testkit.reference.ReferenceInterpreter;
import dev.graft.testkit.reference.ReferenceInterpreter.Arithmetic;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GridSampleTest {
  private static final HostTensor ROW = HostTensor.of(new double[] {10, 20, 40}, 1, 1, 1, 3);

  /** Samples of {@link #ROW} at horizontal positions in [-1, 1]. */
  private static double[] sample(String mode, String padding, boolean align, double... x) {
    double[] grid = new double[2 * x.length];
    for (int i = 0; i < x.length; i++) {
      grid[2 * i] = x[i];
    }
    Sample sample =
        Sample.of("GridSample", ROW, HostTensor.of(grid, 1, 1, x.length, 2))
            .with("mode", mode)
            .with("padding_mode", padding)
            .with("align_corners", align);
    Graph graph = sample.graph();
    return ReferenceInterpreter.of(graph)
        .run(sample.feeds())
        .get(graph.outputs().get(0))
        .toDoubles();
  }

  @Test
  void alignedCornersMeanPixelCentres() {
    assertArrayEquals(
        new double[] {10, 15, 20, 30, 40}, sample("linear", "zeros", true, -1, -0.5, 0, 0.5, 1));
  }

  @Test
  void otherwiseCornersAreTheEdgesOfPixels() {
    assertArrayEquals(
        new double[] {5, 10, 20, 40, 20},
        sample("linear", "zeros", false, -1, -2.0 / 3, 0, 2.0 / 3, 1),
        1e-9);
  }

  @Test
  void outsideIsZeroOrTheBorderOrAReflection() {
    assertArrayEquals(new double[] {0, 0}, sample("linear", "zeros", true, -3, 3));
    assertArrayEquals(new double[] {10, 40}, sample("linear", "border", true, -3, 3));
    assertArrayEquals(
        new double[] {20, 40, 20}, sample("linear", "reflection", true, -2, -3, 2), 1e-9);
    assertArrayEquals(
        new double[] {20, 40}, sample("linear", "reflection", false, -2, 4.0 / 3), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zeros", "border", "reflection"})
  void theNearestPixelIsTakenAndHalvesGoToTheEvenOne(String padding) {
    assertArrayEquals(
        new double[] {10, 10, 20, 40, 40},
        sample("nearest", padding, true, -0.9, -0.5, 0.1, 0.5, 0.8));
  }

  static Stream<Sample> smooth() {
    Draw draw = new Draw(new Seed(8));
    return Stream.of("zeros", "border", "reflection")
        .flatMap(
            padding ->
                Stream.of(
                    Sample.of(
                            "GridSample",
                            draw.reals(2, 2, 4, 3).cast(DType.FLOAT64),
                            draw.reals(-1.6, 1.6, 2, 2, 3, 2).cast(DType.FLOAT64))
                        .with("padding_mode", padding),
                    Sample.of(
                            "GridSample",
                            draw.reals(1, 2, 3, 4, 3).cast(DType.FLOAT64),
                            draw.reals(-1.2, 1.2, 1, 2, 2, 2, 3).cast(DType.FLOAT64))
                        .with("align_corners", 1)
                        .with("padding_mode", padding)));
  }

  @ParameterizedTest
  @MethodSource("smooth")
  void itsDerivativesAgreeWithDifferences(Sample sample) {
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
}
