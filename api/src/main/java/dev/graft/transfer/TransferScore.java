package dev.graft.transfer;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import java.util.Optional;

/**
 * Says in seconds how well a pre-trained network would do on a task, without training it; found by
 * {@link java.util.ServiceLoader}. Values of one score can be compared between networks, not those
 * of two scores. Stateless and thread-safe.
 */
public interface TransferScore {
  /** The name it goes by: lower case with hyphens, such as {@code logme}. */
  String name();

  /** What it measures and who proposed it, in one sentence. */
  String description();

  /** The score; empty where the network has not what it takes. */
  Optional<Score> score(Evidence evidence);

  /**
   * A score.
   *
   * @param value larger is better
   * @param parts what each example contributes, so that the value is their mean; empty if it is no
   *     mean
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Score(double value, double[] parts) {
    /** A score that is no mean over the examples. */
    public static Score of(double value) {
      return new Score(value, new double[0]);
    }

    /** The mean of what the examples contribute. */
    public static Score mean(double[] parts) {
      double sum = 0;
      for (double part : parts) {
        sum += part;
      }
      return new Score(sum / parts.length, parts);
    }
  }

  /**
   * What a score looks at.
   *
   * @param features of the network for each example, {@code [examples, width]}
   * @param source the probabilities of the classes of its pre-training for each example, {@code
   *     [examples, classes]}; empty for a network without them
   * @param labels of the examples
   * @param seed all chance comes from here
   */
  record Evidence(HostTensor features, Optional<HostTensor> source, ClassLabels labels, Seed seed) {
    public Evidence {
      if (features.shape().sizes()[0] != labels.size()) {
        throw new DataException(
            labels.size() + " labels for features of the shape " + features.shape());
      }
    }
  }
}
