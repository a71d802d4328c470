package dev.graft.graph;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Close names for messages about a name that does not exist. */
public final class Suggestions {
  private Suggestions() {}

  /** A sentence naming up to five candidates nearest to {@code name} by edit distance. */
  public static String closest(String name, Collection<String> candidates) {
    List<String> near =
        candidates.stream()
            .sorted(Comparator.<String>comparingInt(c -> distance(name, c)).thenComparing(c -> c))
            .limit(5)
            .toList();
    return near.isEmpty() ? "There are none." : "Closest: " + String.join(", ", near) + ".";
  }

  /** Levenshtein distance, ignoring case. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        row[j] = Math.min(Math.min(row[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
