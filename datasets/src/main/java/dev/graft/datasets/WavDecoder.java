package dev.graft.datasets;

import dev.graft.data.AudioSample;
import dev.graft.data.DataException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/**
 * Decodes WAV files with PCM of 8, 16, 24 or 32 bits or 32-bit floating numbers. Several channels
 * are averaged.
 */
final class WavDecoder {
  private WavDecoder() {}

  /**
   * @param id names the recording in messages
   * @throws DataException if the bytes are damaged or no such file
   */
  static AudioSample decode(byte[] bytes, String id) {
    try (AudioInputStream in =
        AudioSystem.getAudioInputStream(new BufferedInputStream(new ByteArrayInputStream(bytes)))) {
      AudioFormat format = in.getFormat();
      byte[] data = in.readAllBytes();
      long expected = in.getFrameLength() * format.getFrameSize();
      if (data.length < expected) {
        throw new DataException(
            "cannot read the recording "
                + id
                + ": it should have "
                + expected
                + " bytes of sound, but has "
                + data.length);
      }
      return new AudioSample(mono(data, format, id), Math.round(format.getSampleRate()));
    } catch (UnsupportedAudioFileException | IOException | IllegalArgumentException e) {
      throw new DataException(
          "cannot read the recording " + id + ": " + e.getMessage() + " (WAV with PCM is read)", e);
    }
  }

  private static float[] mono(byte[] data, AudioFormat format, String id) {
    int width = format.getSampleSizeInBits() / 8;
    int channels = format.getChannels();
    ByteBuffer buffer =
        ByteBuffer.wrap(data)
            .order(format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    float[] samples = new float[data.length / (width * channels)];
    for (int i = 0; i < samples.length; i++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += value(buffer, (i * channels + c) * width, width, format.getEncoding(), id);
      }
      samples[i] = (float) (sum / channels);
    }
    return samples;
  }

  private static double value(
      ByteBuffer data, int at, int width, AudioFormat.Encoding encoding, String id) {
    if (encoding.equals(AudioFormat.Encoding.PCM_FLOAT) && width == 4) {
      return data.getFloat(at);
    }
    if (encoding.equals(AudioFormat.Encoding.PCM_UNSIGNED) && width == 1) {
      return ((data.get(at) & 0xff) - 128) / 128.0;
    }
    if (encoding.equals(AudioFormat.Encoding.PCM_SIGNED)) {
      return switch (width) {
        case 1 -> data.get(at) / 128.0;
        case 2 -> data.getShort(at) / 32768.0;
        case 3 -> int24(data, at) / 8388608.0;
        case 4 -> data.getInt(at) / 2147483648.0;
        default -> throw unreadable(width, encoding, id);
      };
    }
    throw unreadable(width, encoding, id);
  }

  private static DataException unreadable(int width, AudioFormat.Encoding encoding, String id) {
    return new DataException(
        "cannot read the recording "
            + id
            + ": its samples are "
            + encoding
            + " of "
            + 8 * width
            + " bits; PCM of 8, 16, 24 or 32 bits is read");
  }

  private static int int24(ByteBuffer data, int at) {
    boolean big = data.order() == ByteOrder.BIG_ENDIAN;
    int high = data.get(big ? at : at + 2);
    int low = data.get(big ? at + 2 : at) & 0xff;
    return high << 16 | (data.get(at + 1) & 0xff) << 8 | low;
  }
}
