package dev.graft.strategies.evaluation;

import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.TokenLabels;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluator;
import dev.graft.tensor.HostTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges tags of words: {@code accuracy} over words, and where tags are in the BIO scheme ({@code
 * B-city, I-city, O}) {@code entity-precision}, {@code entity-recall} and {@code entity-f1}, for
 * which an entity counts only with its kind and both ends right (Tjong Kim Sang and De Meulder
 * 2003). A word that the model did not read is wrong unless it is outside any entity.
 */
public final class TaggingEvaluator implements Evaluator<TokenLabels> {
  private static final String OUTSIDE = "O";

  @Override
  public String name() {
    return "tagging";
  }

  @Override
  public Class<TokenLabels> targets() {
    return TokenLabels.class;
  }

  @Override
  public Evaluation evaluate(HostTensor scores, Labeled<TokenLabels> data) {
    List<String> tags = data.targets().classes();
    int n = data.size();
    if (n == 0 || scores.size() % (n * tags.size()) != 0) {
      throw new DataException(
          "expected scores for "
              + n
              + " sentences, "
              + tags.size()
              + " a word, but got "
              + scores.type());
    }
    int most = scores.size() / n / tags.size();
    double[][] words = ScoreRows.of(scores, n * most, tags.size());
    int right = 0;
    int all = 0;
    F1 entities = F1.NOTHING;
    for (int i = 0; i < n; i++) {
      List<String> truth = new ArrayList<>();
      List<String> found = new ArrayList<>();
      int[] labels = data.targets().labels()[i];
      for (int w = 0; w < labels.length; w++) {
        truth.add(tags.get(labels[w]));
        found.add(w < most ? tag(words[i * most + w], tags) : OUTSIDE);
        right += truth.get(w).equals(found.get(w)) ? 1 : 0;
        all++;
      }
      entities = entities.plus(compare(entities(truth), entities(found)));
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", right / (double) Math.max(1, all));
    if (tags.stream().anyMatch(t -> t.startsWith("B-"))) {
      metrics.put("entity-f1", entities.f1());
      metrics.put("entity-precision", entities.precision());
      metrics.put("entity-recall", entities.recall());
    }
    return Evaluation.of(n, metrics);
  }

  private static String tag(double[] scores, List<String> tags) {
    boolean read = false;
    for (double score : scores) {
      read |= score != 0;
    }
    return read ? tags.get(ScoreRows.largest(scores)) : OUTSIDE;
  }

  /** An entity: its kind, its first word and the one behind its last. */
  private record Entity(String kind, int start, int end) {}

  /**
   * An {@code I-} tag after anything but its own kind begins an entity, as CoNLL's script has it.
   */
  private static Set<Entity> entities(List<String> tags) {
    Set<Entity> found = new HashSet<>();
    @Nullable String open = null;
    int start = 0;
    for (int w = 0; w <= tags.size(); w++) {
      String tag = w < tags.size() ? tags.get(w) : OUTSIDE;
      boolean entity = tag.startsWith("B-") || tag.startsWith("I-");
      String kind = entity ? tag.substring(2) : null;
      boolean continues = open != null && tag.startsWith("I-") && open.equals(kind);
      if (!continues) {
        if (open != null) {
          found.add(new Entity(open, start, w));
        }
        open = kind;
        start = w;
      }
    }
    return found;
  }

  private static F1 compare(Set<Entity> truth, Set<Entity> found) {
    long hits = found.stream().filter(truth::contains).count();
    return new F1(hits, found.size() - hits, truth.size() - hits);
  }
}
