package dev.graft.graph;

import dev.graft.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The host truth of parameters, running statistics and optimizer moments, by name. Immutable: an
 * update makes a new store that shares the unchanged tensors.
 */
public final class ParameterStore {
  public static final ParameterStore EMPTY = new ParameterStore(Map.of());

  private final Map<String, HostTensor> tensors;

  private ParameterStore(Map<String, HostTensor> tensors) {
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  public static ParameterStore of(Map<String, HostTensor> tensors) {
    return new ParameterStore(new LinkedHashMap<>(tensors));
  }

  /** All names, in order of insertion. */
  public Set<String> names() {
    return tensors.keySet();
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  public HostTensor get(String name) {
    HostTensor t = tensors.get(name);
    if (t == null) {
      throw new GraphException(
          "the parameter store has no '"
              + name
              + "'. "
              + Suggestions.closest(name, tensors.keySet()));
    }
    return t;
  }

  /** A store in which the given tensors replace or join these. */
  public ParameterStore with(Map<String, HostTensor> changes) {
    Map<String, HostTensor> copy = new LinkedHashMap<>(tensors);
    copy.putAll(changes);
    return new ParameterStore(copy);
  }

  public ParameterStore with(ParameterStore changes) {
    return with(changes.tensors);
  }

  public ParameterStore with(String name, HostTensor tensor) {
    return with(Map.of(name, tensor));
  }

  /** The part whose names satisfy the test. */
  public ParameterStore filter(Predicate<String> names) {
    Map<String, HostTensor> copy = new LinkedHashMap<>(tensors);
    copy.keySet().removeIf(names.negate());
    return new ParameterStore(copy);
  }

  public Map<String, HostTensor> asMap() {
    return tensors;
  }

  /** The number of elements of all tensors together. */
  public long elements() {
    return tensors.values().stream().mapToLong(HostTensor::size).sum();
  }

  /** SHA-256 over names, types and values, independent of order, in hexadecimal. */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String name : new TreeSet<>(tensors.keySet())) {
        HostTensor t = tensors.get(name);
        digest.update((name + '\n' + t.type() + '\n').getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = t.bytes();
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "ParameterStore[" + tensors.size() + " tensors, " + elements() + " elements]";
  }
}
