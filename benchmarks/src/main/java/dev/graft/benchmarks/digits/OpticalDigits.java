package dev.graft.benchmarks.digits;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Scanned handwriting: the test part of the Optical Recognition of Handwritten Digits (E. Alpaydin
 * and C. Kaynak 1998, UCI Machine Learning Repository, CC BY 4.0), 1797 images of 13 writers.
 *
 * <p>The rows come writer by writer, so that the split in the middle also is one between writers:
 * labelled examples are drawn from the first half, and the second half is the test part of every
 * benchmark, which nothing is ever chosen by.
 */
public final class OpticalDigits {
  private static final String RESOURCE = "optdigits.csv.gz";
  private static final int PIXELS = DigitImages.SIDE * DigitImages.SIDE;

  /** Rows before this one are the pool of labelled examples, the others the test part. */
  private static final int TEST_FROM = 897;

  private OpticalDigits() {}

  /** All images. */
  public static Labeled<ClassLabels> all() {
    try (InputStream raw = OpticalDigits.class.getResourceAsStream(RESOURCE)) {
      if (raw == null) {
        throw new DataException("the benchmarks' jar lacks its resource " + RESOURCE);
      }
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.US_ASCII));
      return parse(reader.lines().toList());
    } catch (IOException e) {
      throw new DataException("the benchmarks' resource " + RESOURCE + " is damaged", e);
    }
  }

  /** The images that labelled examples are drawn from. */
  public static Labeled<ClassLabels> pool() {
    return all().subset(IntStream.range(0, TEST_FROM).toArray());
  }

  /** The images that every result is measured on. */
  public static Labeled<ClassLabels> test() {
    Labeled<ClassLabels> all = all();
    return all.subset(IntStream.range(TEST_FROM, all.size()).toArray());
  }

  private static Labeled<ClassLabels> parse(List<String> lines) {
    byte[][] counts = new byte[lines.size()][PIXELS];
    int[] digits = new int[lines.size()];
    for (int row = 0; row < counts.length; row++) {
      String[] fields = lines.get(row).split(",", -1);
      for (int p = 0; p < PIXELS; p++) {
        counts[row][p] = Byte.parseByte(fields[p]);
      }
      digits[row] = Integer.parseInt(fields[PIXELS]);
    }
    return DigitImages.labeled("UCI optical digits", counts, digits);
  }
}
