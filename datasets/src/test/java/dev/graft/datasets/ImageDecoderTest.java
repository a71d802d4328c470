package dev.graft.datasets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.data.ImageSample;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageDecoderTest {
  /** 16x16 pixels of cyan 0, magenta 255, yellow 255, black 0, with an Adobe marker. */
  private static final String RED_CMYK =
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRf"
          + "VV1baniZgWpxkHNbXYW1hpCeo6utq2eAvMm6pseZqKuk/8AAFAgAEAAQBEMRAE0RAFkRAEsR"
          + "AP/EABUAAQEAAAAAAAAAAAAAAAAAAAAG/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBN"
          + "AFkASwAAPwCmTKZUwAAAD//Z";

  static byte[] encoded(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertTrue(ImageIO.write(image, format, out));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** Red, green, blue and white quarters. */
  static BufferedImage quarters(int side, int type) {
    BufferedImage image = new BufferedImage(side, side, type);
    int[] colours = {0xffff0000, 0xff00ff00, 0xff0000ff, 0xffffffff};
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        image.setRGB(x, y, colours[2 * y / side * 2 + 2 * x / side]);
      }
    }
    return image;
  }

  private static int[] pixel(ImageSample image, int x, int y) {
    int[] values = new int[image.channels()];
    for (int c = 0; c < values.length; c++) {
      values[c] = image.pixels()[(y * image.width() + x) * values.length + c] & 0xff;
    }
    return values;
  }

  private static void assertQuarters(ImageSample image, int tolerance) {
    int far = image.width() - 1;
    assertNear(tolerance, pixel(image, 0, 0), 255, 0, 0);
    assertNear(tolerance, pixel(image, far, 0), 0, 255, 0);
    assertNear(tolerance, pixel(image, 0, far), 0, 0, 255);
    assertNear(tolerance, pixel(image, far, far), 255, 255, 255);
  }

  private static void assertNear(int tolerance, int[] actual, int... expected) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance, Arrays.toString(actual));
    }
  }

  @Test
  void decodesColourInTheRightOrder() {
    assertQuarters(
        ImageDecoder.decode(encoded(quarters(16, BufferedImage.TYPE_INT_RGB), "png"), "a.png"), 0);
    assertQuarters(
        ImageDecoder.decode(encoded(quarters(32, BufferedImage.TYPE_INT_RGB), "jpg"), "a.jpg"), 3);
    assertQuarters(
        ImageDecoder.decode(encoded(quarters(16, BufferedImage.TYPE_3BYTE_BGR), "bmp"), "a.bmp"),
        0);
  }

  @Test
  void dropsTransparencyAndKeepsColour() {
    BufferedImage image = quarters(16, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00ff0000);
    assertQuarters(ImageDecoder.decode(encoded(image, "png"), "a.png"), 0);
  }

  @Test
  void decodesPalettes() {
    byte[] red = {(byte) 255, 0, 0, (byte) 255};
    byte[] green = {0, (byte) 255, 0, (byte) 255};
    byte[] blue = {0, 0, (byte) 255, (byte) 255};
    BufferedImage image =
        new BufferedImage(
            16, 16, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(2, 4, red, green, blue));
    image.createGraphics().drawImage(quarters(16, BufferedImage.TYPE_INT_RGB), 0, 0, null);
    assertQuarters(ImageDecoder.decode(encoded(image, "png"), "a.png"), 0);
  }

  @Test
  void givesGreyImagesOneChannelWithTheStoredValues() {
    BufferedImage grey = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 100, 255});
    ImageSample sample = ImageDecoder.decode(encoded(grey, "png"), "a.png");
    assertEquals(1, sample.channels());
    assertArrayEquals(new byte[] {0, 100, (byte) 255}, sample.pixels());

    BufferedImage deep = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 100 * 256 + 7, 65535});
    assertArrayEquals(
        new byte[] {0, 100, (byte) 255},
        ImageDecoder.decode(encoded(deep, "png"), "a.png").pixels());

    BufferedImage bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.setRGB(1, 0, 0xffffffff);
    ImageSample one = ImageDecoder.decode(encoded(bits, "png"), "a.png");
    assertEquals(1, one.channels());
    assertArrayEquals(new byte[] {0, (byte) 255}, one.pixels());
  }

  @Test
  void decodesCmyk() {
    ImageSample image = ImageDecoder.decode(Base64.getDecoder().decode(RED_CMYK), "print.jpg");
    assertEquals(3, image.channels());
    int[] middle = pixel(image, 8, 8);
    assertTrue(middle[0] > 180 && middle[1] < 80 && middle[2] < 80, Arrays.toString(middle));
  }

  @Test
  void turnsPhotographsUpright() {
    // What a camera held to the right stores: the upright image turned by a quarter to the left.
    ImageSample upright = new ImageSample(3, 2, 1, new byte[] {1, 2, 3, 4, 5, 6});
    byte[][] stored = {
      {1, 2, 3, 4, 5, 6}, // 1: as it is
      {3, 2, 1, 6, 5, 4}, // 2: mirrored
      {6, 5, 4, 3, 2, 1}, // 3: upside down
      {4, 5, 6, 1, 2, 3}, // 4: upside down and mirrored
      {1, 4, 2, 5, 3, 6}, // 5: rows are columns
      {3, 6, 2, 5, 1, 4}, // 6: first row is the right side
      {6, 3, 5, 2, 4, 1}, // 7
      {4, 1, 5, 2, 6, 3}, // 8: first row is the left side
    };
    for (int o = 1; o <= 8; o++) {
      ImageSample image = o < 5 ? sample(3, 2, stored[o - 1]) : sample(2, 3, stored[o - 1]);
      ImageSample turned = ImageDecoder.turned(image, o);
      assertEquals(3, turned.width());
      assertArrayEquals(upright.pixels(), turned.pixels(), "orientation " + o);
    }
  }

  private static ImageSample sample(int width, int height, byte[] pixels) {
    return new ImageSample(width, height, 1, pixels);
  }

  @Test
  void findsTheOrientationInExifData() {
    byte[] jpeg = encoded(quarters(32, BufferedImage.TYPE_INT_RGB), "jpg");
    for (boolean bigEndian : new boolean[] {true, false}) {
      byte[] turned = withOrientation(jpeg, 3, bigEndian);
      assertEquals(3, JpegHeader.of(turned).orientation());
      ImageSample image = ImageDecoder.decode(turned, "a.jpg");
      assertNear(3, pixel(image, 0, 0), 255, 255, 255);
      assertNear(3, pixel(image, 31, 31), 255, 0, 0);
    }
  }

  private static byte[] withOrientation(byte[] jpeg, int orientation, boolean bigEndian) {
    byte[] tiff =
        bigEndian
            ? new byte[] {
              'M',
              'M',
              0,
              42,
              0,
              0,
              0,
              8,
              0,
              1,
              1,
              0x12,
              0,
              3,
              0,
              0,
              0,
              1,
              0,
              (byte) orientation,
              0,
              0,
              0,
              0,
              0,
              0
            }
            : new byte[] {
              'I',
              'I',
              42,
              0,
              8,
              0,
              0,
              0,
              1,
              0,
              0x12,
              1,
              3,
              0,
              1,
              0,
              0,
              0,
              (byte) orientation,
              0,
              0,
              0,
              0,
              0,
              0,
              0
            };
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    int length = 2 + 6 + tiff.length;
    out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xe1, (byte) (length >> 8), (byte) length});
    out.writeBytes(new byte[] {'E', 'x', 'i', 'f', 0, 0});
    out.writeBytes(tiff);
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  @Test
  void refusesEveryTruncationOfAFile() {
    for (String format : new String[] {"jpg", "png"}) {
      byte[] whole = encoded(quarters(16, BufferedImage.TYPE_INT_RGB), format);
      for (int length = 0; length < whole.length - 2; length += 3) {
        byte[] part = Arrays.copyOf(whole, length);
        DataException e =
            assertThrows(
                DataException.class,
                () -> ImageDecoder.decode(part, "a." + format),
                format + " of " + length + " bytes");
        assertTrue(e.getMessage().contains("a." + format), e.getMessage());
      }
    }
  }

  @Test
  void refusesWhatIsNoImage() {
    DataException e =
        assertThrows(
            DataException.class,
            () -> ImageDecoder.decode("not an image at all".getBytes(US_ASCII), "notes.jpg"));
    assertEquals("cannot read the image notes.jpg: it is neither JPEG nor PNG", e.getMessage());
  }
}
