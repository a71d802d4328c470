package dev.graft.datasets;

import dev.graft.data.DataException;
import dev.graft.data.ImageSample;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes JPEG, PNG and whatever else ImageIO finds a reader for. Grey images (also 1-bit and grey
 * palettes) give one channel, all others three. CMYK is converted; transparency is dropped, as
 * Pillow's {@code convert("RGB")} drops it; 16 bits become 8; a photograph is turned upright as its
 * EXIF data say.
 */
final class ImageDecoder {
  private static final int PNG_SIGNATURE = 0x89504e47;
  private static final int PNG_END = 0x49454e44;

  private ImageDecoder() {}

  /**
   * @param id names the image in messages
   * @throws DataException if the bytes are damaged or no image
   */
  static ImageSample decode(byte[] bytes, String id) {
    try {
      if (JpegHeader.looksLikeJpeg(bytes)) {
        JpegHeader header = JpegHeader.of(bytes);
        return turned(read(bytes, header.components()), header.orientation());
      }
      if (looksLikePng(bytes)) {
        requireAllChunks(ByteBuffer.wrap(bytes));
      }
      return read(bytes, 0);
    } catch (IOException | RuntimeException e) { // damaged files make decoders throw anything
      throw new DataException("cannot read the image " + id + ": " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  static boolean looksLikePng(byte[] bytes) {
    return bytes.length > 8 && ByteBuffer.wrap(bytes).getInt(0) == PNG_SIGNATURE;
  }

  /** Decoders accept a file that lacks its end and leave the rest black. */
  private static void requireAllChunks(ByteBuffer bytes) {
    long at = 8;
    while (at + 12 <= bytes.limit()) {
      if (bytes.getInt((int) at + 4) == PNG_END) {
        return;
      }
      at += 12 + Integer.toUnsignedLong(bytes.getInt((int) at));
    }
    throw new DataException("the file is truncated");
  }

  private static ImageSample read(byte[] bytes, int jpegComponents) throws IOException {
    @Nullable Exception failure = null;
    for (ImageReader reader : readers(bytes, jpegComponents)) {
      try (ImageInputStream stream =
          new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
        reader.setInput(stream, true, true);
        return sample(reader.read(0));
      } catch (IOException | RuntimeException e) {
        failure = e; // another reader may be more forgiving
      } finally {
        reader.dispose();
      }
    }
    if (failure == null) {
      throw new DataException("it is neither JPEG nor PNG");
    }
    throw new IOException(reason(failure), failure);
  }

  /** The JDK's own readers first, which are faster, except for CMYK, which they cannot do. */
  private static List<ImageReader> readers(byte[] bytes, int jpegComponents) throws IOException {
    List<ImageReader> readers = new ArrayList<>();
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> found = ImageIO.getImageReaders(stream);
      found.forEachRemaining(readers::add);
    }
    readers.sort(Comparator.comparing(r -> isJdkReader(r) == (jpegComponents == 4)));
    return readers;
  }

  private static boolean isJdkReader(ImageReader reader) {
    return reader.getClass().getName().startsWith("com.sun.");
  }

  private static ImageSample sample(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
        && image.getRaster().getDataBuffer() instanceof DataBufferByte data
        && data.getSize() == width * height * 3) {
      byte[] bgr = data.getData();
      byte[] rgb = new byte[bgr.length];
      for (int i = 0; i < bgr.length; i += 3) {
        rgb[i] = bgr[i + 2];
        rgb[i + 1] = bgr[i + 1];
        rgb[i + 2] = bgr[i];
      }
      return new ImageSample(width, height, 3, rgb);
    }
    ColorModel colors = image.getColorModel();
    if (colors instanceof IndexColorModel palette) {
      return indexed(image.getRaster(), palette);
    }
    int space = colors.getColorSpace().getType();
    if (colors instanceof ComponentColorModel
        && (space == ColorSpace.TYPE_RGB || space == ColorSpace.TYPE_GRAY)) {
      // Band values as stored: the JDK would convert grey through a linear colour space.
      return bands(image.getRaster(), space == ColorSpace.TYPE_GRAY ? 1 : 3);
    }
    return packed(image);
  }

  private static ImageSample indexed(Raster raster, IndexColorModel palette) {
    boolean grey = true;
    for (int i = 0; i < palette.getMapSize() && grey; i++) {
      grey = palette.getRed(i) == palette.getGreen(i) && palette.getGreen(i) == palette.getBlue(i);
    }
    int width = raster.getWidth();
    int height = raster.getHeight();
    int channels = grey ? 1 : 3;
    byte[] pixels = new byte[width * height * channels];
    int[] row = new int[width];
    for (int y = 0, at = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int index : row) {
        pixels[at++] = (byte) palette.getRed(index);
        if (!grey) {
          pixels[at++] = (byte) palette.getGreen(index);
          pixels[at++] = (byte) palette.getBlue(index);
        }
      }
    }
    return new ImageSample(width, height, channels, pixels);
  }

  private static ImageSample bands(Raster raster, int channels) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] pixels = new byte[width * height * channels];
    int[] row = new int[width];
    for (int c = 0; c < channels; c++) {
      int bits = raster.getSampleModel().getSampleSize(c);
      for (int y = 0, at = c; y < height; y++) {
        raster.getSamples(0, y, width, 1, c, row);
        for (int value : row) {
          pixels[at] = (byte) (bits > 8 ? value >> (bits - 8) : value * 255 / ((1 << bits) - 1));
          at += channels;
        }
      }
    }
    return new ImageSample(width, height, channels, pixels);
  }

  private static ImageSample packed(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] pixels = new byte[width * height * 3];
    int[] row = new int[width];
    for (int y = 0, at = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        pixels[at++] = (byte) (argb >> 16);
        pixels[at++] = (byte) (argb >> 8);
        pixels[at++] = (byte) argb;
      }
    }
    return new ImageSample(width, height, 3, pixels);
  }

  /** The image as it should be seen; orientations are numbered as in EXIF 2.3, tag 0x0112. */
  static ImageSample turned(ImageSample image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    boolean swapped = orientation >= 5;
    // Which stored axes run backwards.
    boolean flipX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean flipY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int w = image.width();
    int h = image.height();
    int width = swapped ? h : w;
    int height = swapped ? w : h;
    int channels = image.channels();
    byte[] pixels = new byte[w * h * channels];
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int sx = flipX ? w - 1 - (swapped ? y : x) : swapped ? y : x;
        int sy = flipY ? h - 1 - (swapped ? x : y) : swapped ? x : y;
        System.arraycopy(image.pixels(), (sy * w + sx) * channels, pixels, at, channels);
        at += channels;
      }
    }
    return new ImageSample(width, height, channels, pixels);
  }
}
