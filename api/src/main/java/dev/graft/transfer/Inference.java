package dev.graft.transfer;

import dev.graft.backend.CompileOptions;
import dev.graft.backend.Program;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.PassageWindows;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluators;
import dev.graft.graph.Graph;
import dev.graft.graph.edit.Cut;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.GraphModel;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs transferred models over whole data sets, for evaluation. */
public final class Inference {
  private Inference() {}

  /** How well a model does on examples; those that cannot be read are left out. */
  public static Evaluation evaluate(
      TransferredModel model, Labeled<?> data, Evaluators evaluators, TransferContext context) {
    FeatureTable scores = scores(model, data.examples(), context);
    return evaluators.evaluate(scores.values(), data.subset(scores.positions()));
  }

  /**
   * The scores of all examples, as the model's {@link Output} says. The part of the network that is
   * still the pre-trained one comes from the context's feature store, so that it is not computed
   * again where it is kept.
   */
  public static FeatureTable scores(TransferredModel model, Dataset data, TransferContext context) {
    GraphModel whole = model.model();
    if (model.output() instanceof Output.Span) {
      PassageWindows.View windows = PassageWindows.of(data, model.preprocessing());
      FeatureTable found = computed(model, windows, context);
      return TokenDecoding.best(found.values(), found.positions(), windows.windows());
    }
    if (model.frozenUpTo().isEmpty() || !model.output().alignment().isEmpty()) {
      return computed(model, data, context);
    }
    String frozen = model.frozenUpTo().get();
    GraphModel backbone = new GraphModel(Cut.at(whole.graph(), frozen), whole.parameters());
    try (var extractor = new GraphFeatureExtractor(backbone, context.backend())) {
      FeatureTable features =
          context
              .features()
              .features(
                  extractor,
                  model.preprocessing(),
                  data,
                  context.progress(),
                  context.cancellation());
      if (model.head().isPresent()) {
        return new FeatureTable(
            features.positions(), model.head().get().apply(features.values()), features.cached());
      }
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

  private static FeatureTable computed(
      TransferredModel model, Dataset data, TransferContext context) {
    List<FeatureTable> parts = new ArrayList<>();
    try (var extractor = new ScoreExtractor(model, context.backend())) {
      FeatureComputation.stream(
          extractor,
          model.preprocessing(),
          data,
          0,
          context.loading(),
          context.progress(),
          context.cancellation(),
          parts::add);
    }
    return FeatureTable.join(parts.stream().map(p -> widened(p, mostWords(parts))).toList(), false);
  }

  private static long mostWords(List<FeatureTable> parts) {
    return parts.stream()
        .filter(p -> p.values().shape().rank() == 3)
        .mapToLong(p -> p.values().shape().sizes()[1])
        .max()
        .orElse(0);
  }

  /** Scores of words with as many words as the longest sentence has; those added score 0. */
  private static FeatureTable widened(FeatureTable part, long words) {
    long[] sizes = part.values().shape().sizes();
    if (sizes.length != 3 || sizes[1] == words) {
      return part;
    }
    ByteBuffer source = part.values().bytes();
    int row = source.remaining() / (int) sizes[0];
    int wide = Math.toIntExact(row / sizes[1] * words);
    ByteBuffer all =
        ByteBuffer.allocateDirect(Math.multiplyExact(wide, (int) sizes[0]))
            .order(ByteOrder.nativeOrder());
    for (int i = 0; i < sizes[0]; i++) {
      all.position(i * wide).put(source.slice(i * row, row));
    }
    HostTensor values =
        HostTensor.wrap(
            part.values().type().withShape(part.values().shape().with(1, Dim.of(words))),
            all.clear());
    return new FeatureTable(part.positions(), values, part.cached());
  }
}
