package dev.graft.data;

import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Turns samples into the inputs of a model. It belongs to the model and is saved with it.
 * Thread-safe and deterministic; random augmentation is not preprocessing.
 */
public interface Preprocessing {
  /** The name under which a {@link PreprocessingProvider} reads it back: {@code image}, ... */
  String type();

  /** Its settings as strings, numbers, booleans and lists: enough to make it again. */
  Map<String, Object> settings();

  /** Equal for preprocessing that does the same, in every process. */
  default String fingerprint() {
    return type() + new TreeMap<>(settings());
  }

  /**
   * What it needs besides its settings, such as a tokenizer: the content of files by name, which
   * are saved beside the model. What they hold shows in the settings, by a digest.
   */
  default Map<String, byte[]> files() {
    return Map.of();
  }

  /**
   * The inputs for one sample, by input name, without a batch axis.
   *
   * @throws DataException if the sample is of a kind or size that the model does not take
   */
  Map<String, HostTensor> apply(Sample sample);

  /**
   * How long what it makes of a sample is, such as its number of tokens, so that batches can be
   * made of examples of similar length; empty where all are alike.
   */
  default OptionalInt length(Sample sample) {
    return OptionalInt.empty();
  }

  /**
   * Divides the pair of a text where it is too long to be read at once; as it is where it fits.
   *
   * @param sample has a pair
   */
  default List<PassageWindow> windows(TextSample sample) {
    return List.of(new PassageWindow(sample, 0));
  }

  /** Stacks prepared samples into a batch; kinds that pad to the longest override this. */
  default Map<String, HostTensor> batch(List<Map<String, HostTensor>> prepared) {
    return Batches.stack(prepared);
  }
}
