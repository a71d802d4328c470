package dev.graft.testkit;

/** Thrown by a case that cannot be tried on this machine; the message says why. */
public final class SkippedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public SkippedException(String reason) {
    super(reason);
  }
}
