package dev.graft.testkit;

/**
 * How one case ended.
 *
 * @param reason why it did not pass; empty if it did
 */
public record CaseResult(String group, String name, Status status, String reason, double seconds) {
  /** Group and name together, as lists of tolerated failures give it. */
  public String fullName() {
    return group + "/" + name;
  }

  @Override
  public String toString() {
    return status + " " + fullName() + (reason.isEmpty() ? "" : ": " + reason);
  }
}
