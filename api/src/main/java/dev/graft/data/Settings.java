package dev.graft.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the settings of a {@link Preprocessing} with messages that name the setting. A reader asks
 * for every setting it knows and then calls {@link #end}, which refuses what was not asked for.
 */
public final class Settings {
  private final String owner;
  private final Map<String, Object> values;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param owner what the settings are of, for messages: {@code preprocessing 'image'}
   */
  public Settings(String owner, Map<String, Object> values) {
    this.owner = owner;
    this.values = values;
  }

  public String text(String key) {
    if (find(key).orElseThrow(() -> missing(key)) instanceof String s) {
      return s;
    }
    throw wrong(key, "a text");
  }

  public String text(String key, String otherwise) {
    return find(key).isPresent() ? text(key) : otherwise;
  }

  public int integer(String key) {
    if (find(key).orElseThrow(() -> missing(key)) instanceof Number n
        && n.doubleValue() == n.intValue()) {
      return n.intValue();
    }
    throw wrong(key, "a whole number");
  }

  public int integer(String key, int otherwise) {
    return find(key).isPresent() ? integer(key) : otherwise;
  }

  public double number(String key, double otherwise) {
    if (find(key).orElse(otherwise) instanceof Number n) {
      return n.doubleValue();
    }
    throw wrong(key, "a number");
  }

  public boolean flag(String key, boolean otherwise) {
    if (find(key).orElse(otherwise) instanceof Boolean b) {
      return b;
    }
    throw wrong(key, "true or false");
  }

  /** One or more numbers; a single number counts as a list of one. */
  public List<Double> numbers(String key, List<Double> otherwise) {
    Object value = find(key).orElse(otherwise);
    if (value instanceof Number n) {
      return List.of(n.doubleValue());
    }
    if (!(value instanceof List<?> list) || list.isEmpty()) {
      throw wrong(key, "a list of numbers");
    }
    List<Double> numbers = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof Number n)) {
        throw wrong(key, "a list of numbers");
      }
      numbers.add(n.doubleValue());
    }
    return numbers;
  }

  /** A list of texts. */
  public List<String> texts(String key) {
    if (!(find(key).orElseThrow(() -> missing(key)) instanceof List<?> list)) {
      throw wrong(key, "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof String text)) {
        throw wrong(key, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** A list of settings, for something that has several parts. */
  @SuppressWarnings("unchecked") // keys are checked one by one
  public List<Map<String, Object>> maps(String key) {
    if (!(find(key).orElseThrow(() -> missing(key)) instanceof List<?> list)) {
      throw wrong(key, "a list of settings");
    }
    List<Map<String, Object>> maps = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof Map<?, ?> map)
          || !map.keySet().stream().allMatch(String.class::isInstance)) {
        throw wrong(key, "a list of settings");
      }
      maps.add((Map<String, Object>) map);
    }
    return maps;
  }

  /** One of an enumeration's constants, written in lower case with hyphens. */
  public <E extends Enum<E>> E choice(String key, E otherwise) {
    if (find(key).isEmpty()) {
      return otherwise;
    }
    String name = text(key);
    E[] constants = otherwise.getDeclaringClass().getEnumConstants();
    for (E constant : constants) {
      if (spelling(constant).equals(name)) {
        return constant;
      }
    }
    List<String> allowed = new ArrayList<>();
    for (E constant : constants) {
      allowed.add(spelling(constant));
    }
    throw wrong(key, "one of " + String.join(", ", allowed));
  }

  /** How a constant is written in settings: {@code SHORT_SIDE} is {@code short-side}. */
  public static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws DataException if there are settings that nobody asked for
   */
  public void end() {
    Set<String> unknown = new TreeSet<>(values.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new DataException(
          owner + " does not know " + unknown + ". It knows: " + String.join(", ", known));
    }
  }

  private Optional<Object> find(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key));
  }

  private DataException missing(String key) {
    return new DataException(owner + " lacks the setting '" + key + "'");
  }

  private DataException wrong(String key, String wanted) {
    return new DataException(
        owner + ": setting '" + key + "' must be " + wanted + ", but is " + values.get(key));
  }
}
