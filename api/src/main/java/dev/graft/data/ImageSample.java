package dev.graft.data;

/**
 * A decoded image: rows from the top, pixels from the left, channels interleaved, one byte each.
 *
 * @param channels 1 for grey, 3 for red-green-blue
 * @param pixels {@code height * width * channels} bytes, 0 to 255; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // millions of bytes, handed on without a copy
public record ImageSample(int width, int height, int channels, byte[] pixels) implements Sample {
  public ImageSample {
    if (pixels.length != width * height * channels) {
      throw new IllegalArgumentException(
          "an image of "
              + width
              + "x"
              + height
              + "x"
              + channels
              + " has "
              + width * height * channels
              + " bytes, but got "
              + pixels.length);
    }
  }
}
