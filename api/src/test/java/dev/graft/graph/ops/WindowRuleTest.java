package dev.graft.graph.ops;

import static dev.graft.graph.ops.Nodes.floats;
import static dev.graft.graph.ops.Nodes.infer;
import static dev.graft.graph.ops.Nodes.inferAll;
import static dev.graft.graph.ops.Nodes.longs;
import static dev.graft.graph.ops.Nodes.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.graph.Attributes;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WindowRuleTest {
  private static Attributes strided(long stride, long pad) {
    return Attributes.of(
        "strides", new long[] {stride, stride}, "pads", new long[] {pad, pad, pad, pad});
  }

  @Test
  void convolutionsCountTheirWindows() {
    assertEquals(
        floats("b", 16, 112, 112),
        infer("Conv", strided(2, 3), floats("b", 3, 224, 224), floats(16, 3, 7, 7)));
    assertEquals(
        floats("b", 8, "h", "w"),
        infer("Conv", strided(1, 1), floats("b", 3, "h", "w"), floats(8, 3, 3, 3)));
    assertEquals(
        "[b, 8, floor((h-1)/2)+1, 4]",
        infer("Conv", strided(2, 1), floats("b", 3, "h", 8), floats(8, 3, 3, 3))
            .shape()
            .toString());
  }

  @Test
  void sameMeansAsManyWindowsAsStridesFit() {
    Attributes same = Attributes.of("auto_pad", "SAME_UPPER", "strides", new long[] {2, 2});
    assertEquals(floats(1, 4, 4, 3), infer("Conv", same, floats(1, 2, 7, 6), floats(4, 2, 3, 3)));
    assertEquals(
        floats(1, 4, 14, 12), infer("ConvTranspose", same, floats(1, 2, 7, 6), floats(2, 4, 3, 3)));
  }

  @Test
  void groupsDivideTheChannels() {
    Attributes depthwise = Attributes.of("group", 6);
    assertEquals(
        floats(1, 6, 3, 3), infer("Conv", depthwise, floats(1, 6, 5, 5), floats(6, 1, 3, 3)));
    assertTrue(
        refusal("Conv", depthwise, floats(1, 5, 5, 5), floats(6, 1, 3, 3))
            .contains("6 input channels"));
    refusal("Conv", Attributes.of("group", 4), floats(1, 8, 5, 5), floats(6, 2, 3, 3));
  }

  @Test
  void aWindowLargerThanTheImageIsRefused() {
    assertTrue(refusal("Conv", floats(1, 3, 2, 2), floats(4, 3, 3, 3)).contains("window of 3"));
  }

  /** A transposed convolution gives an input size that the convolution maps back. */
  @Property
  void transposedConvolutionInvertsTheSizes(
      @ForAll @IntRange(min = 1, max = 9) int windows,
      @ForAll @IntRange(min = 1, max = 4) int kernel,
      @ForAll @IntRange(min = 1, max = 3) int stride,
      @ForAll @IntRange(min = 1, max = 2) int dilation) {
    Attributes a =
        Attributes.of("strides", new long[] {stride}, "dilations", new long[] {dilation});
    long size =
        infer("ConvTranspose", a, floats(1, 2, windows), floats(2, 3, kernel))
            .shape()
            .dim(2)
            .size();
    assertEquals(floats(1, 2, windows), infer("Conv", a, floats(1, 3, size), floats(2, 3, kernel)));
  }

  @Test
  void ceilModeLeavesOutWindowsThatBeginInThePadding() {
    Attributes pool = Attributes.of("kernel_shape", new long[] {3}, "strides", new long[] {2});
    Attributes ceil = pool.with("ceil_mode", 1);
    assertEquals(floats(1, 1, 2), infer("AveragePool", pool, floats(1, 1, 6)));
    assertEquals(floats(1, 1, 3), infer("AveragePool", ceil, floats(1, 1, 6)));
    Attributes one =
        Attributes.of("kernel_shape", new long[] {1}, "strides", new long[] {2})
            .with("ceil_mode", 1);
    assertEquals(floats(1, 1, 1), infer("AveragePool", one, floats(1, 1, 2)));
  }

  @Test
  void maxPoolTellsThePlacesAsLongs() {
    Attributes pool = Attributes.of("kernel_shape", new long[] {2, 2});
    assertEquals(longs("b", 3, 3, 3), inferAll("MaxPool", pool, 2, floats("b", 3, 4, 4)).get(1));
    refusal("MaxPool", floats(1, 3, 4, 4));
  }
}
