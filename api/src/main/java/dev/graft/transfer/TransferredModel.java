package dev.graft.transfer;

import dev.graft.data.Preprocessing;
import dev.graft.graph.edit.DynamicQuantization;
import dev.graft.model.GraphModel;
import dev.graft.model.Provenance;
import dev.graft.tensor.HostTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A network for the target task: one graph from the preprocessed input to the logits. Ready to
 * predict (see {@link Predictor}), to be saved as a bundle, or to be exported.
 *
 * @param model its first output is {@link #LOGITS}, or features for {@code head}
 * @param preprocessing what its inputs expect
 * @param output what that output means
 * @param provenance where it comes from
 * @param metrics numbers by part and name: those found while fitting, such as {@code
 *     validation/accuracy}, and those of parts that judged the finished model, such as {@code
 *     test/accuracy}
 * @param summary what the strategy did
 * @param frozenUpTo the value up to which the graph is the pre-trained network unchanged, so that
 *     features kept for that part serve this model too; empty if there is no such part
 * @param head from the network's output to the scores, where the head has no ONNX form: such a
 *     model predicts in this process, but cannot be saved; empty for all others
 */
public record TransferredModel(
    GraphModel model,
    Preprocessing preprocessing,
    Output output,
    Provenance provenance,
    Map<String, Double> metrics,
    Summary summary,
    Optional<String> frozenUpTo,
    Optional<UnaryOperator<HostTensor>> head) {
  /** The name of the output value: logits, or numbers where numbers are predicted. */
  public static final String LOGITS = "logits";

  public TransferredModel {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** A model that is all network. */
  public TransferredModel(
      GraphModel model,
      Preprocessing preprocessing,
      Output output,
      Provenance provenance,
      Map<String, Double> metrics,
      Summary summary,
      Optional<String> frozenUpTo) {
    this(model, preprocessing, output, provenance, metrics, summary, frozenUpTo, Optional.empty());
  }

  /** The same model with its weights as 8-bit integers; see {@link DynamicQuantization}. */
  public TransferredModel quantized() {
    return new TransferredModel(
        DynamicQuantization.of(model),
        preprocessing,
        output,
        provenance.with("weights", "int8"),
        metrics,
        summary,
        Optional.empty(),
        head);
  }

  /** The name of the network's main output. */
  public String outputName() {
    return head.isPresent() ? model.graph().outputs().get(0) : LOGITS;
  }

  /** The same model with other metrics. */
  public TransferredModel withMetrics(Map<String, Double> other) {
    return new TransferredModel(
        model, preprocessing, output, provenance, other, summary, frozenUpTo, head);
  }
}
