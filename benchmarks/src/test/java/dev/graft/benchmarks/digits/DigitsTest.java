package dev.graft.benchmarks.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.benchmarks.suite.Classes;
import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.TensorSample;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigitsTest {
  private static double[] image(Labeled<ClassLabels> data, int i) {
    HostTensor t = ((TensorSample) data.examples().sample(i)).values();
    assertEquals(Shape.of(1, 8, 8), t.shape());
    return t.toDoubles();
  }

  private static double[][] means(Labeled<ClassLabels> data) {
    double[][] means = new double[10][64];
    int[] counts = data.targets().counts();
    for (int i = 0; i < data.size(); i++) {
      double[] image = image(data, i);
      for (int p = 0; p < 64; p++) {
        means[data.targets().label(i)][p] += image[p] / counts[data.targets().label(i)];
      }
    }
    return means;
  }

  @Test
  void generatedDigitsAreTheSameForEqualSeeds() {
    Labeled<ClassLabels> a = StrokeDigits.generate(new Seed(1), 5);
    Labeled<ClassLabels> b = StrokeDigits.generate(new Seed(1), 5);
    assertEquals(a.examples().fingerprint(), b.examples().fingerprint());
    assertArrayEquals(image(a, 17), image(b, 17));
    assertNotEquals(
        a.examples().fingerprint(), StrokeDigits.generate(new Seed(2), 5).examples().fingerprint());
  }

  @Test
  void generatedDigitsDoNotDependOnHowManyAreAskedFor() {
    Labeled<ClassLabels> few = StrokeDigits.generate(new Seed(1), 2);
    Labeled<ClassLabels> many = StrokeDigits.generate(new Seed(1), 6);
    assertEquals(few.examples().fingerprint(13), many.examples().fingerprint(13));
  }

  @Test
  void generatedDigitsAreBalancedVariedAndInRange() {
    Labeled<ClassLabels> data = StrokeDigits.generate(new Seed(3), 50);
    assertTrue(Arrays.stream(data.targets().counts()).allMatch(c -> c == 50));
    Set<String> distinct = new HashSet<>();
    for (int i = 0; i < data.size(); i++) {
      double[] image = image(data, i);
      assertTrue(Arrays.stream(image).allMatch(v -> v >= 0 && v <= 1));
      double ink = Arrays.stream(image).sum();
      assertTrue(ink > 4 && ink < 40, "image " + i + " has ink " + ink);
      distinct.add(data.examples().fingerprint(i));
    }
    assertEquals(500, distinct.size());
  }

  @Test
  void opticalDigitsAreThePublishedOnes() {
    Labeled<ClassLabels> all = OpticalDigits.all();
    assertEquals(1797, all.size());
    assertArrayEquals(
        new int[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, all.targets().counts());
    double[] first = image(all, 0);
    assertEquals(5 / 16.0, first[2], 1e-7);
    assertEquals(0, all.targets().label(0));
    assertNotNull(OpticalDigits.class.getResource("optdigits-ATTRIBUTION.txt"));
  }

  @Test
  void poolAndTestPartShareNoRow() {
    Labeled<ClassLabels> pool = OpticalDigits.pool();
    Labeled<ClassLabels> test = OpticalDigits.test();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < pool.size(); i++) {
      ids.add(pool.examples().id(i));
    }
    for (int i = 0; i < test.size(); i++) {
      assertTrue(ids.add(test.examples().id(i)));
    }
    assertEquals(1797, ids.size());
    assertTrue(Arrays.stream(pool.targets().counts()).allMatch(c -> c >= 80));
  }

  @Test
  void someClassesCanBeTakenOut() {
    Labeled<ClassLabels> high = Classes.only(OpticalDigits.all(), List.of("5", "6", "7", "8", "9"));
    assertArrayEquals(new int[] {182, 181, 179, 174, 180}, high.targets().counts());
  }

  @Test
  void drawnDigitsLookLikeScannedOnes() {
    // A nearest-mean classifier made of drawings alone reads far more scans than chance would.
    double[][] drawn = means(StrokeDigits.generate(new Seed(5), 50));
    Labeled<ClassLabels> scans = OpticalDigits.all();
    int right = 0;
    for (int i = 0; i < scans.size(); i++) {
      double[] image = image(scans, i);
      int best = 0;
      double bestDistance = Double.MAX_VALUE;
      for (int digit = 0; digit < 10; digit++) {
        double distance = 0;
        for (int p = 0; p < 64; p++) {
          distance += Math.pow(image[p] - drawn[digit][p], 2);
        }
        if (distance < bestDistance) {
          bestDistance = distance;
          best = digit;
        }
      }
      right += best == scans.targets().label(i) ? 1 : 0;
    }
    assertTrue(right > 0.5 * scans.size(), "read " + right + " of " + scans.size());
  }
}
