package dev.graft.strategies.inductive;

import dev.graft.data.Labeled;
import dev.graft.data.Targets;
import dev.graft.graph.edit.Cut;
import dev.graft.model.GraphModel;
import dev.graft.tensor.TensorType;
import dev.graft.train.Augmentation;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.Examples;
import dev.graft.train.LoadedExamples;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TensorExamples;
import dev.graft.train.TrainingPlan;
import dev.graft.train.TrainingPlan.Part;
import dev.graft.train.TrainingResult;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.TransferContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains a network from its inputs, or its head from features, on the examples of a task, through
 * the training service. The trained head is brought into the units of the targets.
 */
final class GradientTraining {
  private GradientTraining() {}

  static <T extends Targets> TrainingResult run(
      TransferTask<T> task,
      GraphModel model,
      List<ParameterGroup> groups,
      BatchNormPolicy batchNorm,
      String purpose,
      TransferContext context) {
    List<Examples> open = new ArrayList<>();
    try {
      TrainingPlan plan =
          new TrainingPlan(
              model,
              task.kind().objective(context.settings().regularization()),
              groups,
              batchNorm,
              context.settings(),
              part(task, task.train(), context.settings().augmentation(), context, open),
              task.validation().map(v -> part(task, v, Augmentation.NONE, context, open)));
      return finished(task, context.trainer().train(plan, context.training(purpose)));
    } finally {
      open.forEach(Examples::close);
    }
  }

  /**
   * Trains the head alone, on features that are computed once; features of tokens that would take
   * too much memory are computed again in every epoch.
   *
   * @param model the whole network; its head's parameters have their start values
   */
  static <T extends Targets> TrainingResult head(
      TransferTask<T> task, GraphModel model, String purpose, TransferContext context) {
    List<ParameterGroup> groups = List.of(new ParameterGroup("head", task.headParameters(), 1));
    List<Examples> open = new ArrayList<>();
    try {
      Optional<Part> train = featurePart(task, task.train(), context, open);
      Optional<Part> validation =
          task.validation().flatMap(v -> featurePart(task, v, context, open));
      if (train.isEmpty() || validation.isEmpty() != task.validation().isEmpty()) {
        return run(task, model, groups, BatchNormPolicy.FROZEN_STATISTICS, purpose, context);
      }
      TrainingPlan plan =
          new TrainingPlan(
              GraphModel.of(Cut.above(model.graph(), task.featureValue()), model.parameters()),
              task.kind().objective(context.settings().regularization()),
              groups,
              BatchNormPolicy.FROZEN_STATISTICS,
              context.settings(),
              train.get(),
              validation);
      TrainingResult trained = context.trainer().train(plan, context.training(purpose));
      return finished(
          task,
          new TrainingResult(
              model.with(trained.model().parameters()),
              trained.epochs(),
              trained.bestEpoch(),
              trained.ending()));
    } finally {
      open.forEach(Examples::close);
    }
  }

  /** Examples with features; empty if they would take too much memory. */
  private static <T extends Targets> Optional<Part> featurePart(
      TransferTask<T> task, Labeled<T> data, TransferContext context, List<Examples> open) {
    List<String> alignment = task.kind().output().alignment();
    if (alignment.isEmpty()) {
      FeatureTable features = task.features(data.examples(), context);
      return Optional.of(
          new Part(
              new TensorExamples(task.featureValue(), features.values()),
              data.targets().subset(features.positions())));
    }
    Labeled<T> read = task.kind().read(data, task.pretrained().preprocessing());
    LoadedExamples texts = loaded(task, read, Augmentation.NONE, context, open);
    TensorType features = task.backbone().graph().type(task.featureValue());
    long width = features.shape().dim(2).size() * features.dtype().bytes();
    long tokens = TokenExamples.tokens(texts, alignment.get(0));
    if (tokens * width > Runtime.getRuntime().maxMemory() / 4) {
      return Optional.empty();
    }
    return Optional.of(
        new Part(
            new TokenExamples(
                texts,
                read.examples(),
                alignment.get(0),
                task.featureValue(),
                group -> task.features(group, context)),
            read.targets()));
  }

  private static TrainingResult finished(TransferTask<?> task, TrainingResult trained) {
    return new TrainingResult(
        task.inTargetUnits(trained.model()),
        trained.epochs(),
        trained.bestEpoch(),
        trained.ending());
  }

  private static <T extends Targets> Part part(
      TransferTask<T> task,
      Labeled<T> data,
      Augmentation augmentation,
      TransferContext context,
      List<Examples> open) {
    Labeled<T> read = task.kind().read(data, task.pretrained().preprocessing());
    return new Part(loaded(task, read, augmentation, context, open), read.targets());
  }

  private static LoadedExamples loaded(
      TransferTask<?> task,
      Labeled<?> data,
      Augmentation augmentation,
      TransferContext context,
      List<Examples> open) {
    LoadedExamples examples =
        new LoadedExamples(
            data.examples(),
            task.pretrained().preprocessing(),
            augmentation,
            context.loading(),
            LoadedExamples.spareMemory());
    open.add(examples);
    return examples;
  }
}
