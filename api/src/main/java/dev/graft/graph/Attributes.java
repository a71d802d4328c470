package dev.graft.graph;

import dev.graft.tensor.HostTensor;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a node: immutable, each a {@code Long}, {@code Double}, {@code String}, {@link
 * HostTensor}, or a list of longs, doubles or strings.
 */
public final class Attributes {
  public static final Attributes NONE = new Attributes(Map.of());

  private final Map<String, Object> values;

  private Attributes(Map<String, Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /** Attributes from a map; ints and floats are widened, lists copied. */
  public static Attributes of(Map<String, ?> values) {
    Map<String, Object> copy = new LinkedHashMap<>();
    values.forEach((name, value) -> copy.put(name, normalise(name, value)));
    return copy.isEmpty() ? NONE : new Attributes(copy);
  }

  public static Attributes of(String name, Object value) {
    return of(Map.of(name, value));
  }

  public static Attributes of(String n1, Object v1, String n2, Object v2) {
    return of(n1, v1).with(n2, v2);
  }

  private static Object normalise(String name, Object value) {
    if (value instanceof Integer i) {
      return (long) i;
    }
    if (value instanceof Boolean b) {
      return b ? 1L : 0L;
    }
    if (value instanceof Float f) {
      return (double) f;
    }
    if (value instanceof long[] ints) {
      return java.util.Arrays.stream(ints).boxed().toList();
    }
    if (value instanceof int[] ints) {
      return java.util.Arrays.stream(ints).mapToLong(i -> i).boxed().toList();
    }
    if (value instanceof Collection<?> list) {
      return List.copyOf(list);
    }
    if (value instanceof Long
        || value instanceof Double
        || value instanceof String
        || value instanceof HostTensor) {
      return value;
    }
    throw new IllegalArgumentException(
        "attribute '" + name + "' has the unsupported type " + value.getClass().getSimpleName());
  }

  /** A copy with one attribute set. */
  public Attributes with(String name, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>(values);
    copy.put(name, value);
    return of(copy);
  }

  /** A copy without the named attributes. */
  public Attributes without(String... names) {
    Map<String, Object> copy = new LinkedHashMap<>(values);
    copy.keySet().removeAll(List.of(names));
    return of(copy);
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public Set<String> names() {
    return values.keySet();
  }

  /** The value as it is stored, or null. */
  public @Nullable Object get(String name) {
    return values.get(name);
  }

  /** An integer attribute, or the default where it is absent. */
  public long i(String name, long otherwise) {
    return values.get(name) instanceof Long v ? v : otherwise;
  }

  /** A floating attribute, or the default where it is absent. */
  public double f(String name, double otherwise) {
    return values.get(name) instanceof Double v ? v : otherwise;
  }

  /** A string attribute, or the default where it is absent. */
  public String s(String name, String otherwise) {
    return values.get(name) instanceof String v ? v : otherwise;
  }

  /** A list of integers, or null where it is absent. */
  public long @Nullable [] ints(String name) {
    return values.get(name) instanceof List<?> list
        ? list.stream().mapToLong(v -> (Long) v).toArray()
        : null;
  }

  /** A list of integers, or the default where it is absent. */
  public long[] ints(String name, long... otherwise) {
    long[] v = ints(name);
    return v == null ? otherwise : v;
  }

  /** A list of floating values, or null where it is absent. */
  public double @Nullable [] floats(String name) {
    return values.get(name) instanceof List<?> list
        ? list.stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray()
        : null;
  }

  /** A list of strings, or null where it is absent. */
  @SuppressWarnings("unchecked")
  public @Nullable List<String> strings(String name) {
    return values.get(name) instanceof List<?> list ? (List<String>) list : null;
  }

  /** A tensor, or null where it is absent. */
  public @Nullable HostTensor tensor(String name) {
    return values.get(name) instanceof HostTensor t ? t : null;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Attributes a && a.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
