package dev.graft.backend;

import java.util.Optional;

/** A backend's answer about one node: yes, or no with the reason. */
public record Support(Optional<String> refusal) {
  public static final Support YES = new Support(Optional.empty());

  public static Support no(String reason) {
    return new Support(Optional.of(reason));
  }

  public boolean isSupported() {
    return refusal.isEmpty();
  }
}
