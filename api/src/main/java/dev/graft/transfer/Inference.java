package dev.graft.transfer;

import dev.graft.backend.CompileOptions;
import dev.graft.backend.Program;
import dev.graft.data.Dataset;
import dev.graft.graph.Graph;
import dev.graft.graph.edit.Cut;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import java.util.Map;

/** Runs transferred models over whole data sets, for evaluation. */
public final class Inference {
  private Inference() {}

  /**
   * The logits of all examples. The part of the network that is still the pre-trained one comes
   * from the context's feature store, so that it is not computed again where it is kept.
   */
  public static FeatureTable logits(TransferredModel model, Dataset data, TransferContext context) {
    GraphModel whole = model.model();
    if (model.frozenUpTo().isEmpty()) {
      GraphModel network = cut(whole, TransferredModel.LOGITS);
      try (var extractor = new GraphFeatureExtractor(network, context.backend())) {
        return FeatureComputation.compute(
            extractor,
            model.preprocessing(),
            data,
            context.loading(),
            context.progress(),
            context.cancellation());
      }
    }
    String frozen = model.frozenUpTo().get();
    try (var extractor = new GraphFeatureExtractor(cut(whole, frozen), context.backend())) {
      FeatureTable features =
          context
              .features()
              .features(
                  extractor,
                  model.preprocessing(),
                  data,
                  context.progress(),
                  context.cancellation());
      Graph head = Cut.above(whole.graph(), frozen);
      try (Program program =
          context.backend().compile(head, whole.parameters(), CompileOptions.INFERENCE)) {
        Map<String, HostTensor> outputs = program.runToHost(Map.of(frozen, features.values()));
        HostTensor logits = outputs.get(TransferredModel.LOGITS);
        if (logits == null) {
          throw new IllegalStateException("the model has no output " + TransferredModel.LOGITS);
        }
        return new FeatureTable(features.positions(), logits, features.cached());
      }
    }
  }

  private static GraphModel cut(GraphModel model, String value) {
    return new GraphModel(Cut.at(model.graph(), value), model.parameters());
  }
}
