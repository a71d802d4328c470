package dev.graft.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a model comes from. Travels with it into every bundle and report.
 *
 * @param source the file or artifact of the pre-trained network
 * @param fingerprint the digest of its parameters
 * @param trainedOn the data it was pre-trained on, such as {@code ImageNet}, if known
 * @param trainedClasses the classes it was pre-trained on, so that an overlap with the target can
 *     be warned of; empty if unknown
 * @param history what was done since: strategy, data, backend, seed, dates; in order
 */
public record Provenance(
    String source,
    String fingerprint,
    Optional<String> trainedOn,
    List<String> trainedClasses,
    Map<String, String> history) {
  public Provenance {
    trainedClasses = List.copyOf(trainedClasses);
    history = Collections.unmodifiableMap(new LinkedHashMap<>(history));
  }

  public static Provenance of(String source, String fingerprint) {
    return new Provenance(source, fingerprint, Optional.empty(), List.of(), Map.of());
  }

  /** With one more entry in the history. */
  public Provenance with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(history);
    more.put(key, value);
    return new Provenance(source, fingerprint, trainedOn, trainedClasses, more);
  }
}
