package dev.graft.testkit;

import dev.graft.tensor.DType;
import java.util.Set;

/**
 * One thing that every backend must do.
 *
 * @param group such as {@code operator}; all groups are in {@link ConformanceSuite}
 * @param name unique within its group
 * @param operators the rows that it is about: a backend that declares to lack one must refuse it
 * @param dtypes the element types that it needs, likewise
 */
public record ConformanceCase(
    String group, String name, Set<String> operators, Set<DType> dtypes, Body body) {

  /** Tries it; whatever it throws is the reason why it failed. */
  @FunctionalInterface
  public interface Body {
    void run(Subject subject) throws Exception;
  }

  /** A case that is about no operator in particular. */
  static ConformanceCase of(String group, String name, Body body) {
    return new ConformanceCase(group, name, Set.of(), Set.of(), body);
  }

  public String fullName() {
    return group + "/" + name;
  }
}
