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
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("an image has 1 or 3 channels, not " + channels);
    }
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

  /** The brightness (ITU-R 601-2 luma, rounded as Pillow does) of a colour image. */
  public ImageSample toGrey() {
    if (channels == 1) {
      return this;
    }
    byte[] grey = new byte[width * height];
    for (int i = 0, p = 0; i < grey.length; i++, p += 3) {
      int r = pixels[p] & 0xff;
      int g = pixels[p + 1] & 0xff;
      int b = pixels[p + 2] & 0xff;
      grey[i] = (byte) ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
    }
    return new ImageSample(width, height, 1, grey);
  }
}
