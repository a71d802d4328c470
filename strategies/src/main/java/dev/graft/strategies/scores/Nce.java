package dev.graft.strategies.scores;

import dev.graft.data.ClassLabels;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.TransferScore;
import java.util.Optional;

/**
 * The negative conditional entropy of the labels given the source class that the network finds most
 * probable, in nats (Tran et al. 2019).
 */
public final class Nce implements TransferScore {
  @Override
  public String name() {
    return "nce";
  }

  @Override
  public String description() {
    return "negative entropy of the labels given the network's most probable class (Tran et al."
        + " 2019)";
  }

  @Override
  public Optional<Score> score(Evidence evidence) {
    return evidence.source().map(source -> score(source, evidence.labels()));
  }

  private static Score score(HostTensor source, ClassLabels labels) {
    int n = labels.size();
    int classes = source.size() / n;
    int[] found = new int[n];
    int[][] joint = new int[labels.classes().size()][classes];
    int[] marginal = new int[classes];
    for (int i = 0; i < n; i++) {
      for (int z = 1; z < classes; z++) {
        boolean better =
            source.getDouble(i * classes + z) > source.getDouble(i * classes + found[i]);
        found[i] = better ? z : found[i];
      }
      joint[labels.label(i)][found[i]]++;
      marginal[found[i]]++;
    }
    double[] parts = new double[n];
    for (int i = 0; i < n; i++) {
      parts[i] = Math.log(joint[labels.label(i)][found[i]] / (double) marginal[found[i]]);
    }
    return Score.mean(parts);
  }
}
