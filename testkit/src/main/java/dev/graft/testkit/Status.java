package dev.graft.testkit;

/** How a case ended. */
public enum Status {
  PASSED,
  FAILED,
  /** The backend, or the graph itself, does not have what the case needs, and says so. */
  UNSUPPORTED,
  /** The case could not be tried on this machine. */
  SKIPPED
}
