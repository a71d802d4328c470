package dev.graft.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Equal examples in two parts of the data, which make a validation look better than it is.
 *
 * @param first where the example is in the first part
 * @param second where it is in the second
 */
public record Duplicate(String first, String second) {
  /** All examples of the second part that the first has too, by fingerprint. */
  public static List<Duplicate> between(Dataset first, Dataset second) {
    Map<String, String> seen = new HashMap<>();
    for (int i = 0; i < first.size(); i++) {
      seen.putIfAbsent(first.fingerprint(i), first.id(i));
    }
    List<Duplicate> found = new ArrayList<>();
    for (int i = 0; i < second.size(); i++) {
      String original = seen.get(second.fingerprint(i));
      if (original != null) {
        found.add(new Duplicate(original, second.id(i)));
      }
    }
    return found;
  }

  @Override
  public String toString() {
    return second + " is " + first;
  }
}
