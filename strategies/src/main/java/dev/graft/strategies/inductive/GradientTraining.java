package dev.graft.strategies.inductive;

import dev.graft.data.Labeled;
import dev.graft.graph.Graph;
import dev.graft.graph.edit.Cut;
import dev.graft.model.GraphModel;
import dev.graft.train.Augmentation;
import dev.graft.train.BatchNormPolicy;
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

/**
 * Trains a network from its inputs on the examples of a task, through the training service. The
 * trained head is brought into the units of the targets.
 */
final class GradientTraining {
  private GradientTraining() {}

  static TrainingResult run(
      TransferTask<?> task,
      GraphModel model,
      List<ParameterGroup> groups,
      BatchNormPolicy batchNorm,
      String purpose,
      TransferContext context) {
    List<LoadedExamples> open = new ArrayList<>();
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
      open.forEach(LoadedExamples::close);
    }
  }

  /**
   * Trains the head alone, on features that are computed once.
   *
   * @param model the whole network; its head's parameters have their start values
   */
  static TrainingResult head(
      TransferTask<?> task, GraphModel model, String purpose, TransferContext context) {
    Graph head = Cut.above(model.graph(), task.featureValue());
    TrainingPlan plan =
        new TrainingPlan(
            GraphModel.of(head, model.parameters()),
            task.kind().objective(context.settings().regularization()),
            List.of(new ParameterGroup("head", task.headParameters(), 1)),
            BatchNormPolicy.FROZEN_STATISTICS,
            context.settings(),
            featurePart(task, task.train(), context),
            task.validation().map(v -> featurePart(task, v, context)));
    TrainingResult trained = context.trainer().train(plan, context.training(purpose));
    return finished(
        task,
        new TrainingResult(
            model.with(trained.model().parameters()),
            trained.epochs(),
            trained.bestEpoch(),
            trained.ending()));
  }

  private static Part featurePart(TransferTask<?> task, Labeled<?> data, TransferContext context) {
    FeatureTable features = task.features(data, context);
    return new Part(
        new TensorExamples(task.featureValue(), features.values()),
        data.targets().subset(features.positions()));
  }

  private static TrainingResult finished(TransferTask<?> task, TrainingResult trained) {
    return new TrainingResult(
        task.inTargetUnits(trained.model()),
        trained.epochs(),
        trained.bestEpoch(),
        trained.ending());
  }

  private static Part part(
      TransferTask<?> task,
      Labeled<?> data,
      Augmentation augmentation,
      TransferContext context,
      List<LoadedExamples> open) {
    LoadedExamples examples =
        new LoadedExamples(
            data.examples(),
            task.pretrained().preprocessing(),
            augmentation,
            context.loading(),
            LoadedExamples.spareMemory());
    open.add(examples);
    return new Part(examples, data.targets());
  }
}
