package dev.graft.testkit;

/** Asserts that something is refused in the promised way. */
final class Expect {
  private Expect() {}

  /** Something that should throw. */
  interface Action {
    void run() throws Exception;
  }

  /** Runs an action that must throw this, with a message that holds the given words. */
  static <E extends Exception> E failure(
      Class<E> type, String what, Action action, String... words) {
    try {
      action.run();
    } catch (Exception e) {
      if (!type.isInstance(e)) {
        throw new AssertionError(
            what + " should throw " + type.getSimpleName() + ", but threw " + e, e);
      }
      String message = String.valueOf(e.getMessage());
      for (String word : words) {
        that(
            message.contains(word),
            "the message of " + what + " should say '" + word + "', but says: " + message);
      }
      return type.cast(e);
    }
    throw new AssertionError(what + " should throw " + type.getSimpleName() + ", but did not");
  }

  static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
