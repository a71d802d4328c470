package dev.graft.benchmarks.digits;

import dev.graft.data.ClassLabels;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.Sample;
import dev.graft.data.TensorSample;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Small grey images of digits: 8x8 counts of ink from 0 to 16, the unit of the UCI optical digits.
 * A sample is a {@link TensorSample} of shape [1, 8, 8] (channel, row from the top, column) with
 * values from 0 to 1, that is counts divided by 16.
 */
public final class DigitImages implements Dataset {
  /** Rows and columns of an image. */
  public static final int SIDE = 8;

  /** The largest count of ink. */
  public static final int MAX = 16;

  private final String name;
  private final byte[][] counts;
  private final List<String> ids;

  private DigitImages(String name, byte[][] counts, List<String> ids) {
    this.name = name;
    this.counts = counts;
    this.ids = ids;
  }

  /** Images with their digits as classes "0" to "9". */
  static Labeled<ClassLabels> labeled(String name, byte[][] counts, int[] digits) {
    List<String> classes = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    List<String> ids = IntStream.range(0, counts.length).mapToObj(i -> "row " + (i + 1)).toList();
    return new Labeled<>(new DigitImages(name, counts, ids), new ClassLabels(classes, digits));
  }

  /** The counts of image {@code i}, row by row from the top. */
  byte[] counts(int i) {
    return counts[i].clone();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return counts.length;
  }

  @Override
  public Sample sample(int i) {
    float[] values = new float[SIDE * SIDE];
    for (int p = 0; p < values.length; p++) {
      values[p] = counts[i][p] / (float) MAX;
    }
    return new TensorSample(HostTensor.of(values, 1, SIDE, SIDE));
  }

  @Override
  public String id(int i) {
    return ids.get(i);
  }

  @Override
  public String fingerprint() {
    return name + '-' + Integer.toHexString(Arrays.deepHashCode(counts));
  }

  @Override
  public String fingerprint(int i) {
    return HexFormat.of().formatHex(counts[i]);
  }
}
