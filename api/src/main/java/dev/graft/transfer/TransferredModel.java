package dev.graft.transfer;

import dev.graft.data.Preprocessing;
import dev.graft.model.GraphModel;
import dev.graft.model.Provenance;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network for the target task: one graph from the preprocessed input to the logits. Ready to
 * predict (see {@link Predictor}), to be saved as a bundle, or to be exported.
 *
 * @param model its first output is {@link #LOGITS}, {@code [batch, classes]}
 * @param preprocessing what its inputs expect
 * @param classes the names of the classes in the order of the logits
 * @param provenance where it comes from
 * @param metrics numbers found while fitting, such as {@code validation/accuracy}; never of a test
 *     part
 * @param summary what the strategy did
 * @param frozenUpTo the value up to which the graph is the pre-trained network unchanged, so that
 *     features kept for that part serve this model too; empty if there is no such part
 */
public record TransferredModel(
    GraphModel model,
    Preprocessing preprocessing,
    List<String> classes,
    Provenance provenance,
    Map<String, Double> metrics,
    Summary summary,
    Optional<String> frozenUpTo) {
  /** The name of the output value. */
  public static final String LOGITS = "logits";

  public TransferredModel {
    classes = List.copyOf(classes);
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
