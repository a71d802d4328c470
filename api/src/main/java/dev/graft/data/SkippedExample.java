package dev.graft.data;

/**
 * An example that could not be read and was left out.
 *
 * @param id where it comes from, as {@link Dataset#id}
 * @param reason what is wrong with it
 */
public record SkippedExample(String id, String reason) {
  @Override
  public String toString() {
    return "skipped " + id + ": " + reason;
  }
}
