package dev.graft.benchmarks.speed;

/** A contender that cannot measure; the message says why. */
final class ContenderException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ContenderException(String message) {
    super(message);
  }
}
