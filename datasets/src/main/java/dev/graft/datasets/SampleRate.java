package dev.graft.datasets;

/**
 * Changes the sample rate of a recording by band-limited interpolation (Smith and Gossett 1984):
 * the wave is convolved with a sinc cut off at the lower of the two Nyquist frequencies, under a
 * Kaiser window.
 */
final class SampleRate {
  /** Zero crossings of the sinc to each side. */
  private static final int CROSSINGS = 24;

  /** Kaiser's parameter: stop band 80 dB down. */
  private static final double BETA = 8.0;

  /** Where the pass band ends, as a share of the Nyquist frequency. */
  private static final double ROLL_OFF = 0.945;

  private SampleRate() {}

  /** The wave at another rate; itself if the rates are equal. */
  static float[] convert(float[] wave, int from, int to) {
    if (from == to) {
      return wave;
    }
    int divisor = gcd(from, to);
    int up = to / divisor;
    int down = from / divisor;
    double cutoff = Math.min(1, (double) to / from) * ROLL_OFF;
    int reach = (int) Math.ceil(CROSSINGS / cutoff);
    // Only `up` different positions between two source samples occur: one row of weights for each.
    float[][] weights = new float[up][];
    for (int phase = 0; phase < up; phase++) {
      weights[phase] = weights((double) phase / up, cutoff, reach);
    }
    int length = (int) ((long) wave.length * up / down);
    float[] out = new float[length];
    for (int i = 0; i < length; i++) {
      long position = (long) i * down;
      float[] row = weights[(int) (position % up)];
      int first = (int) (position / up) - reach + 1;
      double sum = 0;
      for (int k = Math.max(0, -first); k < row.length && first + k < wave.length; k++) {
        sum += row[k] * wave[first + k];
      }
      out[i] = (float) sum;
    }
    return out;
  }

  /** Weights of the {@code 2 * reach} samples around a position between two of them. */
  private static float[] weights(double offset, double cutoff, int reach) {
    float[] row = new float[2 * reach];
    for (int k = 0; k < row.length; k++) {
      double t = k - reach + 1 - offset;
      double x = Math.PI * cutoff * t;
      double sinc = Math.abs(x) < 1e-12 ? 1 : Math.sin(x) / x;
      double edge = 1 - t / reach * (t / reach);
      row[k] = (float) (cutoff * sinc * bessel(BETA * Math.sqrt(Math.max(0, edge))) / bessel(BETA));
    }
    return row;
  }

  /** The modified Bessel function of the first kind and order 0, by its power series. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > 1e-14 * sum; k++) {
      term *= x * x / (4.0 * k * k);
      sum += term;
    }
    return sum;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
