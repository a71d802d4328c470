package dev.graft.datasets;

import dev.graft.data.AudioSample;
import dev.graft.data.DataException;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.data.Settings;
import dev.graft.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hipparchus.transform.DftNormalization;
import org.hipparchus.transform.FastFourierTransformer;
import org.hipparchus.transform.TransformType;

/**
 * The logarithm of a recording's energy over time and pitch: magnitudes of short Fourier transforms
 * under a periodic Hann window, summed by triangles that are equally wide on the mel scale, {@code
 * log(mel + offset)}. The output is {@code FLOAT32[1, frames, bands]}.
 *
 * <p>A recording at another rate is resampled. One that is shorter than the frames take is
 * continued with silence; of a longer one the middle is taken.
 *
 * @param input the name of the model's input
 * @param rate samples a second
 * @param window samples of one frame
 * @param hop samples from one frame to the next
 * @param fft points of the transform, a power of two
 * @param frames how many the model takes
 * @param bands of the mel scale
 * @param low the lower edge of the lowest band in hertz
 * @param high the upper edge of the highest band in hertz
 * @param offset keeps the logarithm of silence finite
 */
public record LogMelPreprocessing(
    String input,
    int rate,
    int window,
    int hop,
    int fft,
    int frames,
    int bands,
    double low,
    double high,
    double offset)
    implements Preprocessing {
  public LogMelPreprocessing {
    if (Integer.bitCount(fft) != 1 || fft < window || window < 2) {
      throw new DataException(
          "the transform needs a power of two of at least the window's "
              + window
              + " points, but got "
              + fft);
    }
    if (rate < 1 || hop < 1 || frames < 1 || bands < 1) {
      throw new DataException("rate, hop, frames and bands are positive numbers");
    }
    if (!(low >= 0 && low < high && high <= rate / 2.0)) {
      throw new DataException(
          "bands from " + low + " to " + high + " Hz do not fit between 0 and " + rate / 2.0);
    }
  }

  /** What YAMNet (Plakal and Ellis 2020) hears: 0.96 s at 16 kHz in 64 bands. */
  public static LogMelPreprocessing yamnet() {
    return new LogMelPreprocessing("input", 16_000, 400, 160, 512, 96, 64, 125, 7500, 0.001);
  }

  public LogMelPreprocessing withInput(String name) {
    return new LogMelPreprocessing(name, rate, window, hop, fft, frames, bands, low, high, offset);
  }

  @Override
  public String type() {
    return "log-mel";
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("input", input);
    settings.put("rate", rate);
    settings.put("window", window);
    settings.put("hop", hop);
    settings.put("fft", fft);
    settings.put("frames", frames);
    settings.put("bands", bands);
    settings.put("low", low);
    settings.put("high", high);
    settings.put("offset", offset);
    return settings;
  }

  /** Reads {@link #settings} back; what is not given is YAMNet's. */
  public static LogMelPreprocessing read(Map<String, Object> values) {
    Settings settings = new Settings("preprocessing 'log-mel'", values);
    LogMelPreprocessing base = yamnet();
    LogMelPreprocessing result =
        new LogMelPreprocessing(
            settings.text("input", base.input),
            settings.integer("rate", base.rate),
            settings.integer("window", base.window),
            settings.integer("hop", base.hop),
            settings.integer("fft", base.fft),
            settings.integer("frames", base.frames),
            settings.integer("bands", base.bands),
            settings.number("low", base.low),
            settings.number("high", base.high),
            settings.number("offset", base.offset));
    settings.end();
    return result;
  }

  @Override
  public Map<String, HostTensor> apply(Sample sample) {
    if (!(sample instanceof AudioSample audio)) {
      throw new DataException(
          "the model takes recordings, but the data has a " + sample.getClass().getSimpleName());
    }
    float[] wave = SampleRate.convert(audio.samples(), audio.rate(), rate);
    int needed = window + (frames - 1) * hop;
    int skipped = Math.max(0, (wave.length - needed) / 2);
    float[] excerpt = Arrays.copyOfRange(wave, skipped, skipped + needed);
    return Map.of(input, HostTensor.of(logMel(excerpt, frames), 1, frames, bands));
  }

  /** So many frames from the start of a wave at this rate, row by row. */
  float[] logMel(float[] wave, int count) {
    double[] hann = new double[window];
    Arrays.setAll(hann, i -> 0.5 - 0.5 * Math.cos(2 * Math.PI * i / window));
    double[][] triangles = triangles();
    float[] out = new float[count * bands];
    double[][] spectrum = new double[2][fft];
    for (int f = 0; f < count; f++) {
      Arrays.fill(spectrum[0], 0);
      Arrays.fill(spectrum[1], 0);
      for (int i = 0; i < window; i++) {
        spectrum[0][i] = hann[i] * wave[f * hop + i];
      }
      FastFourierTransformer.transformInPlace(
          spectrum, DftNormalization.STANDARD, TransformType.FORWARD);
      double[] magnitude = spectrum[0];
      for (int k = 0; k <= fft / 2; k++) {
        magnitude[k] = Math.hypot(spectrum[0][k], spectrum[1][k]);
      }
      for (int b = 0; b < bands; b++) {
        double sum = 0;
        for (int k = 1; k <= fft / 2; k++) {
          sum += triangles[b][k] * magnitude[k];
        }
        out[f * bands + b] = (float) Math.log(sum + offset);
      }
    }
    return out;
  }

  /** The share of each frequency in each band; the constant part belongs to none. */
  private double[][] triangles() {
    double first = mel(low);
    double step = (mel(high) - first) / (bands + 1);
    double[][] weights = new double[bands][fft / 2 + 1];
    for (int b = 0; b < bands; b++) {
      for (int k = 1; k <= fft / 2; k++) {
        double position = (mel((double) k * rate / fft) - first) / step - b;
        weights[b][k] = Math.max(0, Math.min(position, 2 - position));
      }
    }
    return weights;
  }

  /** Hertz on the mel scale (O'Shaughnessy 1987, with the natural logarithm). */
  private static double mel(double hertz) {
    return 1127 * Math.log(1 + hertz / 700);
  }
}
