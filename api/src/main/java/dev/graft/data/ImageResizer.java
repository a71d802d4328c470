package dev.graft.data;

import java.util.Arrays;

/**
 * Resizes 8-bit images as Pillow's {@code BILINEAR} does: a triangle filter that is widened when
 * the image shrinks, so that it does not alias, applied to rows and then to columns, with weights
 * of 22 fractional bits and rounding to 8 bits between. Models in the wild were trained on images
 * resized so; the results are the same to the bit.
 */
final class ImageResizer {
  private static final int PRECISION = 22;

  private ImageResizer() {}

  /** The weights of the source pixels that make each wanted target pixel along one axis. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Weights(int[] first, int[] count, int[] values, int width) {
    /**
     * @param from the first target pixel wanted, of {@code wanted} ones
     */
    static Weights of(int source, int target, int from, int wanted) {
      double scale = (double) source / target;
      double support = Math.max(scale, 1); // the triangle reaches one target pixel to each side
      int width = (int) Math.ceil(support) * 2 + 1;
      int[] first = new int[wanted];
      int[] count = new int[wanted];
      int[] values = new int[wanted * width];
      double[] row = new double[width];
      for (int i = 0; i < wanted; i++) {
        double center = (from + i + 0.5) * scale;
        int min = Math.max((int) (center - support + 0.5), 0);
        int n = Math.min((int) (center + support + 0.5), source) - min;
        double sum = 0;
        for (int k = 0; k < n; k++) {
          row[k] = Math.max(0, 1 - Math.abs((k + min - center + 0.5) / support));
          sum += row[k];
        }
        for (int k = 0; k < n; k++) {
          values[i * width + k] = (int) (0.5 + row[k] / sum * (1 << PRECISION));
        }
        first[i] = min;
        count[i] = n;
      }
      return new Weights(first, count, values, width);
    }
  }

  /**
   * The window of {@code cropWidth * cropHeight} pixels at {@code (left, top)} of the image resized
   * to {@code width * height}. What lies outside the window is not computed.
   */
  static ImageSample resize(
      ImageSample image, int width, int height, int left, int top, int cropWidth, int cropHeight) {
    int channels = image.channels();
    boolean sameHeight = height == image.height();
    Weights rows = Weights.of(image.height(), height, top, cropHeight);
    int last = cropHeight - 1;
    int firstRow = sameHeight ? top : rows.first[0];
    int neededRows = sameHeight ? cropHeight : rows.first[last] + rows.count[last] - firstRow;
    byte[] pixels = image.pixels();
    int stride = image.width() * channels;
    byte[] narrow = new byte[neededRows * cropWidth * channels];
    if (width == image.width()) {
      for (int y = 0; y < neededRows; y++) {
        System.arraycopy(
            pixels,
            (firstRow + y) * stride + left * channels,
            narrow,
            y * cropWidth * channels,
            cropWidth * channels);
      }
    } else {
      Weights columns = Weights.of(image.width(), width, left, cropWidth);
      for (int y = 0; y < neededRows; y++) {
        alongRow(
            pixels, (firstRow + y) * stride, columns, narrow, y * cropWidth * channels, channels);
      }
    }
    if (sameHeight) {
      return new ImageSample(cropWidth, cropHeight, channels, narrow);
    }
    return new ImageSample(
        cropWidth,
        cropHeight,
        channels,
        alongColumns(narrow, rows, firstRow, cropWidth * channels));
  }

  private static void alongRow(
      byte[] source, int start, Weights weights, byte[] target, int at, int channels) {
    int half = 1 << (PRECISION - 1);
    for (int x = 0; x < weights.first.length; x++) {
      int w = x * weights.width;
      int n = weights.count[x];
      int p = start + weights.first[x] * channels;
      if (channels == 3) {
        int r = half;
        int g = half;
        int b = half;
        for (int k = 0; k < n; k++, p += 3) {
          int weight = weights.values[w + k];
          r += (source[p] & 0xff) * weight;
          g += (source[p + 1] & 0xff) * weight;
          b += (source[p + 2] & 0xff) * weight;
        }
        target[at++] = clip(r);
        target[at++] = clip(g);
        target[at++] = clip(b);
      } else {
        for (int c = 0; c < channels; c++) {
          int sum = half;
          for (int k = 0; k < n; k++) {
            sum += (source[p + k * channels + c] & 0xff) * weights.values[w + k];
          }
          target[at++] = clip(sum);
        }
      }
    }
  }

  private static byte[] alongColumns(byte[] source, Weights weights, int firstRow, int stride) {
    byte[] target = new byte[weights.first.length * stride];
    int[] sums = new int[stride];
    for (int y = 0; y < weights.first.length; y++) {
      Arrays.fill(sums, 1 << (PRECISION - 1));
      for (int k = 0; k < weights.count[y]; k++) {
        int weight = weights.values[y * weights.width + k];
        int p = (weights.first[y] - firstRow + k) * stride;
        for (int x = 0; x < stride; x++) {
          sums[x] += (source[p + x] & 0xff) * weight;
        }
      }
      for (int x = 0; x < stride; x++) {
        target[y * stride + x] = clip(sums[x]);
      }
    }
    return target;
  }

  private static byte clip(int sum) {
    int value = sum >> PRECISION;
    return (byte) (value < 0 ? 0 : Math.min(value, 255));
  }
}
