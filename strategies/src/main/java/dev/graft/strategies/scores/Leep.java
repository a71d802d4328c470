package dev.graft.strategies.scores;

import dev.graft.data.ClassLabels;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.TransferScore;
import java.util.Optional;

/**
 * The mean log-likelihood of the labels under the classifier that knows only how the source classes
 * of the network go with the target classes (log expected empirical prediction; Nguyen et al.
 * 2020).
 */
public final class Leep implements TransferScore {
  @Override
  public String name() {
    return "leep";
  }

  @Override
  public String description() {
    return "log-likelihood of the labels given the network's own classes (Nguyen et al. 2020)";
  }

  @Override
  public Optional<Score> score(Evidence evidence) {
    return evidence.source().map(source -> score(source, evidence.labels()));
  }

  private static Score score(HostTensor source, ClassLabels labels) {
    int n = labels.size();
    int classes = source.size() / n;
    double[][] joint = new double[labels.classes().size()][classes];
    double[] marginal = new double[classes];
    for (int i = 0; i < n; i++) {
      for (int z = 0; z < classes; z++) {
        double p = source.getDouble(i * classes + z) / n;
        joint[labels.label(i)][z] += p;
        marginal[z] += p;
      }
    }
    double[] parts = new double[n];
    for (int i = 0; i < n; i++) {
      double expected = 0;
      for (int z = 0; z < classes; z++) {
        if (marginal[z] > 0) {
          double conditional = joint[labels.label(i)][z] / marginal[z]; // eq. 1
          expected += conditional * source.getDouble(i * classes + z);
        }
      }
      parts[i] = Math.log(expected); // eq. 2
    }
    return Score.mean(parts);
  }
}
