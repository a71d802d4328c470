package dev.graft.benchmarks.statistics;

/** What a comparison says about an arm, from the data alone. */
public enum Verdict {
  HELPS("helps"),
  NO_DIFFERENCE("no difference"),
  HURTS("hurts"),
  /** There is only one result of each arm, or one that all seeds repeat. */
  UNTESTED("cannot be tested");

  /** The chance that any verdict of a report is wrong. */
  public static final double LEVEL = 0.05;

  private final String words;

  Verdict(String words) {
    this.words = words;
  }

  /**
   * @param gain the mean difference, positive where the arm is better than the baseline
   * @param adjusted the p-value after correction
   */
  static Verdict of(double gain, double adjusted) {
    if (adjusted >= LEVEL) {
      return NO_DIFFERENCE;
    }
    return gain > 0 ? HELPS : HURTS;
  }

  /** In the words of a report. */
  public String words() {
    return words;
  }
}
