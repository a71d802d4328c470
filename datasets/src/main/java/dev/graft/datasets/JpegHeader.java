package dev.graft.datasets;

import dev.graft.data.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the segments of a JPEG file say before the pixels come.
 *
 * @param components 1 for grey, 3 for colour, 4 for CMYK; 0 if there is no frame header
 * @param orientation the EXIF orientation, 1 (upright) to 8
 */
record JpegHeader(int components, int orientation) {
  private static final int SOS = 0xda;
  private static final int EOI = 0xd9;
  private static final int APP1 = 0xe1;

  static boolean looksLikeJpeg(byte[] bytes) {
    return bytes.length > 3 && u8(bytes, 0) == 0xff && u8(bytes, 1) == 0xd8 && u8(bytes, 2) == 0xff;
  }

  /**
   * @throws DataException if the file ends before its pixels do: decoders only warn of that and
   *     leave the rest grey
   */
  static JpegHeader of(byte[] bytes) {
    int components = 0;
    int orientation = 1;
    int at = 2;
    while (at + 4 <= bytes.length) {
      if (u8(bytes, at) != 0xff) {
        throw new DataException("a segment is expected at byte " + at);
      }
      int marker = u8(bytes, at + 1);
      if (marker == 0xff) { // padding
        at++;
        continue;
      }
      if (marker == SOS) {
        requireEnd(bytes, at);
        return new JpegHeader(components, orientation);
      }
      int length = u16(bytes, at + 2);
      if (isFrame(marker) && at + 9 < bytes.length) {
        components = u8(bytes, at + 9);
      } else if (marker == APP1 && at + 2 + length <= bytes.length) {
        orientation = exifOrientation(bytes, at + 4, length - 2);
      }
      at += 2 + length;
    }
    throw new DataException("the file ends within its header");
  }

  private static void requireEnd(byte[] bytes, int scan) {
    for (int i = bytes.length - 2; i > scan; i--) {
      if (u8(bytes, i) == 0xff && u8(bytes, i + 1) == EOI) {
        return;
      }
    }
    throw new DataException("the file is truncated");
  }

  /** SOF0 to SOF15 without DHT, JPG and DAC, which share the range. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /** The orientation tag in the first directory of a TIFF structure after {@code Exif\0\0}. */
  private static int exifOrientation(byte[] bytes, int start, int length) {
    if (length < 14 || bytes[start] != 'E' || bytes[start + 1] != 'x' || bytes[start + 2] != 'i') {
      return 1;
    }
    ByteBuffer tiff = ByteBuffer.wrap(bytes, start + 6, length - 6).slice();
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 8 || directory + 2 > tiff.limit()) {
      return 1;
    }
    int entries = tiff.getShort(directory) & 0xffff;
    for (int e = 0; e < entries && directory + 2 + 12 * (e + 1) <= tiff.limit(); e++) {
      int entry = directory + 2 + 12 * e;
      if (tiff.getShort(entry) == 0x0112) {
        int value = tiff.getShort(entry + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }

  private static int u8(byte[] bytes, int i) {
    return bytes[i] & 0xff;
  }

  private static int u16(byte[] bytes, int i) {
    return u8(bytes, i) << 8 | u8(bytes, i + 1);
  }
}
