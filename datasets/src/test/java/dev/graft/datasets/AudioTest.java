package dev.graft.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.AudioSample;
import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Preprocessings;
import dev.graft.data.Splits;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AudioTest {
  private static byte[] wav(AudioFormat format, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      AudioSystem.write(
          new AudioInputStream(
              new ByteArrayInputStream(data), format, data.length / format.getFrameSize()),
          AudioFileFormat.Type.WAVE,
          out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] wav16(int rate, int channels, short... values) {
    ByteBuffer data = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asShortBuffer().put(values);
    return wav(new AudioFormat(rate, 16, channels, true, false), data.array());
  }

  private static float[] sine(int rate, double hertz, double seconds) {
    float[] wave = new float[(int) (rate * seconds)];
    for (int i = 0; i < wave.length; i++) {
      wave[i] = (float) Math.sin(2 * Math.PI * hertz * i / rate);
    }
    return wave;
  }

  @Test
  void decodesEveryWidthOfPcm() {
    float[] expected = {0, 0.5f, -1};
    assertArrayEquals(
        expected,
        WavDecoder.decode(wav16(8000, 1, (short) 0, (short) 16384, (short) -32768), "a").samples());
    assertArrayEquals(
        expected,
        WavDecoder.decode(
                wav(
                    new AudioFormat(8000, 8, 1, false, false),
                    new byte[] {(byte) 128, (byte) 192, 0}),
                "a")
            .samples());
    assertArrayEquals(
        expected,
        WavDecoder.decode(
                wav(
                    new AudioFormat(8000, 24, 1, true, false),
                    new byte[] {0, 0, 0, 0, 0, 0x40, 0, 0, (byte) 0x80}),
                "a")
            .samples());
    assertArrayEquals(
        expected,
        WavDecoder.decode(
                wav(
                    new AudioFormat(8000, 32, 1, true, false),
                    new byte[] {0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, (byte) 0x80}),
                "a")
            .samples());
  }

  @Test
  void averagesChannels() {
    AudioSample sample =
        WavDecoder.decode(
            wav16(44100, 2, (short) 16384, (short) 0, (short) -16384, (short) -16384), "a");
    assertEquals(44100, sample.rate());
    assertArrayEquals(new float[] {0.25f, -0.5f}, sample.samples());
  }

  @Test
  void refusesDamagedRecordings() {
    byte[] whole = wav16(8000, 1, new short[100]);
    assertEquals(100, WavDecoder.decode(whole, "a").samples().length);
    for (int length : new int[] {0, 20, 100, whole.length - 2}) {
      DataException e =
          assertThrows(
              DataException.class, () -> WavDecoder.decode(Arrays.copyOf(whole, length), "x.wav"));
      assertTrue(e.getMessage().contains("x.wav"), e.getMessage());
    }
  }

  @Test
  void resamplingKeepsATone() {
    float[] tone = sine(8000, 440, 0.5);
    float[] expected = sine(16000, 440, 0.5);
    float[] actual = SampleRate.convert(tone, 8000, 16000);
    assertEquals(expected.length, actual.length);
    for (int i = 200; i < actual.length - 200; i++) {
      assertEquals(expected[i], actual[i], 1e-3);
    }
    float[] back = SampleRate.convert(sine(44100, 440, 0.5), 44100, 16000);
    for (int i = 200; i < back.length - 200; i++) {
      assertEquals(expected[i], back[i], 1e-3);
    }
    assertSame(tone, SampleRate.convert(tone, 8000, 8000));
  }

  @Test
  void resamplingRemovesWhatTheLowerRateCannotHold() {
    float[] down = SampleRate.convert(sine(16000, 6000, 0.5), 16000, 8000);
    for (int i = 100; i < down.length - 100; i++) {
      assertEquals(0, down[i], 1e-3);
    }
  }

  @Test
  void agreesWithYamnetsOwnFrontEnd() throws IOException {
    Path reference = SharedData.find("data/pretrained_audio_onnx/reference");
    AudioSample tone =
        WavDecoder.decode(Files.readAllBytes(reference.resolve("tone.wav")), "tone.wav");
    assertEquals(16000, tone.rate());
    // A TensorProto of FLOAT[98, 64]: its raw data are the last 98 * 64 * 4 bytes.
    byte[] proto = Files.readAllBytes(reference.resolve("logmel.pb"));
    ByteBuffer expected =
        ByteBuffer.wrap(proto, proto.length - 98 * 64 * 4, 98 * 64 * 4)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] actual = LogMelPreprocessing.yamnet().logMel(tone.samples(), 98);
    double worst = 0;
    double worstHeard = 0;
    for (int i = 0; i < actual.length; i++) {
      double single = expected.getFloat(4 * i);
      double difference = Math.abs(actual[i] - single);
      worst = Math.max(worst, difference);
      worstHeard = single > -4 ? Math.max(worstHeard, difference) : worstHeard;
    }
    // The reference was computed in single precision, whose rounding shows in bands near silence.
    assertTrue(worst < 3e-3, "largest difference " + worst);
    assertTrue(worstHeard < 1e-4, "largest difference above silence " + worstHeard);
  }

  @Test
  void shortRecordingsEndInSilenceAndLongOnesGiveTheirMiddle() {
    LogMelPreprocessing yamnet = LogMelPreprocessing.yamnet();
    HostTensor shortOne = yamnet.apply(new AudioSample(sine(8000, 440, 0.3), 8000)).get("input");
    assertEquals(Shape.of(1, 96, 64), shortOne.shape());
    assertEquals(Math.log(0.001), shortOne.getDouble(95 * 64), 1e-6);
    float[] noise = new float[32000];
    Arrays.fill(noise, 15000, 17000, 0.5f);
    noise[16000] = -1;
    HostTensor middle = yamnet.apply(new AudioSample(noise, 16000)).get("input");
    assertTrue(middle.getDouble(48 * 64 + 5) > middle.getDouble(5) + 3);
  }

  @Test
  void settingsOfTheFrontEndAreReadBack() {
    LogMelPreprocessing front =
        LogMelPreprocessing.read(Map.of("input", "mel", "bands", 40, "frames", 50));
    assertEquals(40, front.bands());
    assertEquals(front, Preprocessings.read(front.type(), front.settings()));
    assertThrows(DataException.class, () -> LogMelPreprocessing.read(Map.of("fft", 500)));
    assertThrows(DataException.class, () -> LogMelPreprocessing.read(Map.of("high", 9000)));
  }

  @Test
  void readsRecordingsByFolderOrByName(@TempDir Path folder) throws IOException {
    byte[] bytes = wav16(8000, 1, new short[80]);
    Path named = Files.createDirectories(folder.resolve("named"));
    for (String name : List.of("10_ann_0.wav", "9_ann_0.wav", "9_bob_0.wav")) {
      Files.write(named.resolve(name), bytes);
    }
    Opened<ClassLabels> digits = AudioFolder.open(named, true);
    assertEquals(List.of("9", "10"), digits.data().targets().classes());
    assertArrayEquals(new int[] {1, 0, 0}, digits.data().targets().labels());
    assertEquals(List.of("ann", "ann", "bob"), Splits.groupsOf(digits.data().examples()));

    Path classes = folder.resolve("classes");
    for (String name : List.of("dog/1.wav", "cat/2.WAV")) {
      Files.createDirectories(classes.resolve(name).getParent());
      Files.write(classes.resolve(name), bytes);
    }
    Files.write(classes.resolve("dog/bad.wav"), new byte[10]);
    Opened<ClassLabels> pets = AudioFolder.open(classes, false);
    assertEquals(List.of("cat", "dog"), pets.data().targets().classes());
    assertEquals("dog/bad.wav", pets.skipped().get(0).id());
    assertThrows(DataException.class, () -> AudioFolder.open(classes, true));
  }
}
