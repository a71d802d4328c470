package dev.graft.strategies.inductive;

import dev.graft.backend.Backend;
import dev.graft.data.Labeled;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluators;
import dev.graft.graph.edit.Parameter;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.model.Provenance;
import dev.graft.tensor.HostTensor;
import dev.graft.train.TrainingResult;
import dev.graft.transfer.Inference;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Makes what a strategy returns: model, provenance, summary, and metrics of the validation part.
 */
final class Outcome {
  private final TransferTask<?> task;
  private final String strategy;
  private final TransferContext context;

  Outcome(TransferTask<?> task, String strategy, TransferContext context) {
    this.task = task;
    this.strategy = strategy;
    this.context = context;
  }

  /**
   * The finished model.
   *
   * @param trained the names of the parameters that were trained
   * @param frozenUpTo the value up to which the network is the pre-trained one
   */
  TransferredModel of(
      GraphModel model, Set<String> trained, Optional<String> frozenUpTo, List<String> notes) {
    long trainable = trained.stream().mapToLong(name -> model.parameters().get(name).size()).sum();
    return of(model, trainable, frozenUpTo, notes);
  }

  /**
   * The finished model.
   *
   * @param trainable the number of elements that were trained
   * @param frozenUpTo the value up to which the network is the pre-trained one
   */
  TransferredModel of(
      GraphModel model, long trainable, Optional<String> frozenUpTo, List<String> notes) {
    return of(model, trainable, frozenUpTo, notes, Optional.empty());
  }

  /** The finished model with a head that is no part of the network. */
  TransferredModel of(GraphModel backbone, String features, UnaryOperator<HostTensor> head) {
    return of(
        backbone,
        0,
        Optional.of(features),
        List.of("the head '" + task.head() + "' has no ONNX form: this model cannot be saved"),
        Optional.of(head));
  }

  private TransferredModel of(
      GraphModel model,
      long trainable,
      Optional<String> frozenUpTo,
      List<String> notes,
      Optional<UnaryOperator<HostTensor>> head) {
    List<String> all = new ArrayList<>(task.notes());
    all.addAll(notes);
    Parameters parameters = Parameters.of(model.graph());
    long elements = 0;
    for (Parameter p : parameters.all()) {
      if (p.isTrainable()) {
        elements += p.type().shape().elements();
      }
    }
    Summary summary =
        new Summary(strategy, task.pretrained().name(), task.cut(), elements, trainable, all);
    TransferredModel result =
        new TransferredModel(
            model,
            task.pretrained().preprocessing(),
            task.kind().output(),
            provenance(),
            Map.of(),
            summary,
            frozenUpTo,
            head);
    return task.validation().map(v -> result.withMetrics(metrics(result, v))).orElse(result);
  }

  private Map<String, Double> metrics(TransferredModel model, Labeled<?> validation) {
    Evaluation evaluation =
        Inference.evaluate(
            model, validation, Evaluators.discover(Outcome.class.getClassLoader()), context);
    Map<String, Double> metrics = new LinkedHashMap<>();
    evaluation.metrics().forEach((name, value) -> metrics.put("validation/" + name, value));
    return metrics;
  }

  private Provenance provenance() {
    Backend backend = context.backend();
    return task.pretrained()
        .provenance()
        .with("strategy", strategy)
        .with("cut", task.cut())
        .with("head", task.head())
        .with("data", task.train().examples().name())
        .with("data fingerprint", task.train().examples().fingerprint())
        .with("training examples", Integer.toString(task.train().size()))
        .with("backend", backend.name() + " " + backend.versions() + " on " + backend.device())
        .with("settings", context.settings().toString())
        .with("seed", Long.toString(context.seed().key()));
  }

  /** How a training ended, for the summary. */
  static String ending(TrainingResult result) {
    String kept = "; the parameters are those of epoch " + result.bestEpoch();
    int done = result.epochs().size();
    return switch (result.ending()) {
      case EPOCHS_DONE -> "trained for " + done + " epochs" + kept;
      case STOPPED_EARLY -> "stopped early after " + done + " epochs" + kept;
      case CANCELLED -> "cancelled after " + done + " whole epochs" + kept;
    };
  }
}
