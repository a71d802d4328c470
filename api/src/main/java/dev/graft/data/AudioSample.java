package dev.graft.data;

/**
 * A recording with one channel.
 *
 * @param samples the wave, -1 to 1; not copied, not to be changed
 * @param rate samples a second
 */
@SuppressWarnings("ArrayRecordComponent") // handed on without a copy
public record AudioSample(float[] samples, int rate) implements Sample {
  public AudioSample {
    if (rate < 1) {
      throw new IllegalArgumentException("a recording cannot have " + rate + " samples a second");
    }
  }

  /** How long it is, in seconds. */
  public double seconds() {
    return (double) samples.length / rate;
  }
}
