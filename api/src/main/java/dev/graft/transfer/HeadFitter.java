package dev.graft.transfer;

import dev.graft.data.Targets;
import dev.graft.tensor.HostTensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A way of fitting a head to the features of a frozen network other than by gradients; found by
 * {@link java.util.ServiceLoader}. Stateless and thread-safe.
 */
public interface HeadFitter {
  /** The name users choose it by, such as {@code ridge} or {@code tribuo:knn}. */
  String name();

  /** One sentence for people who choose. */
  String description();

  /** Whether it can learn this kind of output. */
  boolean fits(Output output);

  /**
   * Fits.
   *
   * @param features {@code [examples, width]}
   * @param targets of a kind that it fits, in the same order
   * @param context for the settings and the seed
   */
  Head fit(HostTensor features, Targets targets, TransferContext context);

  /** What a fitter made. */
  sealed interface Head {}

  /**
   * A linear layer, which becomes part of the network.
   *
   * @param parameters by the store names of {@link dev.graft.graph.edit.Heads}
   */
  record Linear(Map<String, HostTensor> parameters) implements Head {
    public Linear {
      parameters = Map.copyOf(parameters);
    }
  }

  /**
   * Something that only runs in this process and has no ONNX form.
   *
   * @param scores from features {@code [examples, width]} to scores as {@link Output} says;
   *     thread-safe
   */
  record Function(UnaryOperator<HostTensor> scores) implements Head {}
}
