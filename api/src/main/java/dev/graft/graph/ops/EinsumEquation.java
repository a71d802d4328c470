package dev.graft.graph.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * A parsed Einsum equation: one label per axis. The axes of an ellipsis are called {@code ...0},
 * {@code ...1} and so on, counted from the last one because they are aligned there.
 */
record EinsumEquation(List<List<String>> inputs, List<String> output) {
  private static final String ELLIPSIS = "...";

  /**
   * Parses an equation for operands of known ranks.
   *
   * @throws IllegalArgumentException if it does not fit them
   */
  static EinsumEquation parse(String equation, List<Integer> ranks) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length > 2 || terms.length != ranks.size()) {
      throw new IllegalArgumentException(
          "the equation '" + equation + "' does not describe " + ranks.size() + " operands");
    }
    List<List<String>> inputs = new ArrayList<>();
    int broadcast = 0;
    for (int i = 0; i < terms.length; i++) {
      int named = letters(terms[i]);
      boolean ellipsis = terms[i].contains(ELLIPSIS);
      int rest = ranks.get(i) - named;
      if (rest < 0 || (rest > 0 && !ellipsis)) {
        throw new IllegalArgumentException(
            "the term '"
                + terms[i]
                + "' of the equation '"
                + equation
                + "' does not fit an operand of rank "
                + ranks.get(i));
      }
      broadcast = Math.max(broadcast, rest);
      inputs.add(labels(terms[i], rest));
    }
    List<String> output =
        sides.length == 2 ? labels(sides[1], broadcast) : implicit(inputs, broadcast);
    for (String label : output) {
      boolean known = inputs.stream().anyMatch(term -> term.contains(label));
      if (!known || Collections.frequency(output, label) > 1) {
        throw new IllegalArgumentException(
            "the output of the equation '" + equation + "' cannot have the label '" + label + "'");
      }
    }
    return new EinsumEquation(inputs, output);
  }

  private static int letters(String term) {
    return (int) term.chars().filter(Character::isLetter).count();
  }

  private static List<String> labels(String term, int ellipsisRank) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < term.length(); i++) {
      if (term.startsWith(ELLIPSIS, i)) {
        labels.addAll(ellipsis(ellipsisRank));
        i += 2;
      } else if (Character.isLetter(term.charAt(i))) {
        labels.add(term.substring(i, i + 1));
      } else {
        throw new IllegalArgumentException(
            "the equation has an unexpected '" + term.charAt(i) + "'");
      }
    }
    return labels;
  }

  private static List<String> ellipsis(int rank) {
    String[] labels = new String[rank];
    Arrays.setAll(labels, i -> ELLIPSIS + (rank - 1 - i));
    return List.of(labels);
  }

  /** Without an arrow: the ellipsis, then the labels that occur once, in alphabetical order. */
  private static List<String> implicit(List<List<String>> inputs, int ellipsisRank) {
    TreeMap<String, Integer> counts = new TreeMap<>();
    inputs.forEach(
        term ->
            term.stream()
                .filter(label -> !label.startsWith(ELLIPSIS))
                .forEach(label -> counts.merge(label, 1, Integer::sum)));
    counts.values().removeIf(count -> count > 1);
    List<String> output = new ArrayList<>(ellipsis(ellipsisRank));
    output.addAll(counts.keySet());
    return output;
  }

  /** Whether axes with this label broadcast, as those of an ellipsis do. */
  static boolean broadcasts(String label) {
    return label.startsWith(ELLIPSIS);
  }
}
