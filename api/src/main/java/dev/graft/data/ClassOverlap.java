package dev.graft.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A target class that the model has probably seen in its pre-training, so that few labels say less
 * about transfer than they seem to.
 *
 * @param target the class of the target task
 * @param trained the class of the pre-training that it matches, as that is written there
 */
public record ClassOverlap(String target, String trained) {
  private static final Set<String> SINGULAR_ENDINGS = Set.of("ss", "us", "is");

  /**
   * Target classes that match a trained class: the same words in singular or plural, one of the
   * synonyms that commas separate ({@code ant, emmet, pismire}), the same WordNet id, or a more
   * general word for it ({@code cat} for {@code Egyptian cat}).
   */
  public static List<ClassOverlap> between(List<String> targets, List<String> trained) {
    List<ClassOverlap> found = new ArrayList<>();
    for (String target : targets) {
      Set<String> wanted = new HashSet<>(synonyms(target));
      trained.stream()
          .filter(t -> synonyms(t).stream().anyMatch(s -> matches(wanted, s)))
          .forEach(t -> found.add(new ClassOverlap(target, t)));
    }
    return found;
  }

  private static boolean matches(Set<String> wanted, String synonym) {
    // The last word of an English compound says what kind of thing it is.
    return wanted.contains(synonym)
        || wanted.contains(synonym.substring(synonym.lastIndexOf(' ') + 1));
  }

  private static List<String> synonyms(String name) {
    List<String> result = new ArrayList<>();
    for (String part : name.toLowerCase(Locale.ROOT).split("[,;/]", -1)) {
      List<String> words =
          Arrays.stream(part.split("[^\\p{L}\\p{N}]+", -1)).filter(w -> !w.isEmpty()).toList();
      if (words.isEmpty()) {
        continue;
      }
      if (words.get(0).matches("n\\d{8}")) { // "n02219486 ant" has both an id and a name
        result.add(words.get(0));
        words = words.subList(1, words.size());
      }
      if (!words.isEmpty()) {
        String last = singular(words.get(words.size() - 1));
        List<String> head = words.subList(0, words.size() - 1);
        result.add(head.isEmpty() ? last : String.join(" ", head) + " " + last);
      }
    }
    return result;
  }

  /** A rough singular, the same for both sides of a comparison. */
  private static String singular(String word) {
    if (word.length() < 4 || !word.endsWith("s") || SINGULAR_ENDINGS.contains(ending(word))) {
      return word;
    }
    if (word.endsWith("ies")) {
      return word.substring(0, word.length() - 3) + "y";
    }
    if (word.matches(".*(s|x|z|ch|sh)es")) {
      return word.substring(0, word.length() - 2);
    }
    return word.substring(0, word.length() - 1);
  }

  private static String ending(String word) {
    return word.substring(word.length() - 2);
  }

  @Override
  public String toString() {
    return "'" + target + "' is '" + trained + "' in the pre-training";
  }
}
