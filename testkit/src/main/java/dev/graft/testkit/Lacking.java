package dev.graft.testkit;

import dev.graft.tensor.DType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a backend declares not to have, each with the reason. What is lacking must be refused with
 * the promised exception; what is neither declared nor works is a failure. Immutable.
 *
 * @param operators rows that it refuses
 * @param dtypes element types that it refuses
 * @param tolerated cases that may fail for a fault of the engine, by full name, in which {@code *}
 *     stands for anything
 */
public record Lacking(
    Map<String, String> operators, Map<DType, String> dtypes, Map<String, String> tolerated) {
  /** Everything is there. */
  public static final Lacking NOTHING = new Lacking(Map.of(), Map.of(), Map.of());

  public Lacking {
    operators = Collections.unmodifiableMap(new LinkedHashMap<>(operators));
    dtypes = Collections.unmodifiableMap(new LinkedHashMap<>(dtypes));
    tolerated = Collections.unmodifiableMap(new LinkedHashMap<>(tolerated));
    for (String operator : operators.keySet()) {
      if (CoreOperators.NAMES.contains(operator)) {
        throw new IllegalArgumentException(
            "a backend may not lack " + operator + "; it is one of the core rows");
      }
    }
    if (dtypes.containsKey(DType.FLOAT32) || dtypes.containsKey(DType.INT64)) {
      throw new IllegalArgumentException("a backend may not lack FLOAT32 or INT64");
    }
  }

  public Lacking operator(String operator, String reason) {
    return new Lacking(with(operators, operator, reason), dtypes, tolerated);
  }

  public Lacking dtype(DType dtype, String reason) {
    return new Lacking(operators, with(dtypes, dtype, reason), tolerated);
  }

  /** Tolerates the failure of cases such as {@code node/test_resize_*}. */
  public Lacking tolerate(String cases, String reason) {
    return new Lacking(operators, dtypes, with(tolerated, cases, reason));
  }

  private static <K> Map<K, String> with(Map<K, String> map, K key, String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("why is '" + key + "' lacking? Give the reason.");
    }
    Map<K, String> copy = new LinkedHashMap<>(map);
    copy.put(key, reason);
    return copy;
  }

  /** The reason why a case must be refused, if it is about something that is lacking. */
  Optional<String> reason(ConformanceCase c) {
    for (String operator : c.operators()) {
      if (operators.containsKey(operator)) {
        return Optional.of("lacks " + operator + ": " + operators.get(operator));
      }
    }
    for (DType dtype : c.dtypes()) {
      if (dtypes.containsKey(dtype)) {
        return Optional.of("lacks " + dtype + ": " + dtypes.get(dtype));
      }
    }
    return Optional.empty();
  }

  /** The reason why a case may fail, if it may. */
  Optional<String> toleration(ConformanceCase c) {
    return tolerated.entrySet().stream()
        .filter(e -> matches(e.getKey(), c.fullName()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static boolean matches(String pattern, String name) {
    return name.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E");
  }
}
