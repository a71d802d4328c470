package dev.graft.train;

/**
 * Checks settings. It stands apart from {@link TrainingSettings}, whose defaults need the parts'
 * defaults, which are checked themselves.
 */
final class Ranges {
  private Ranges() {}

  static void require(boolean holds, String setting, String range, Number given) {
    if (!holds) {
      throw new IllegalArgumentException(setting + " must be " + range + ", but is " + given);
    }
  }
}
