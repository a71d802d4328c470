package dev.graft.strategies.inductive;

import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.edit.Heads;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import dev.graft.train.TrainingResult;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Strategy;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Freezes the backbone, computes its features once, and fits a linear head to them (the linear
 * probe). The head's problem is convex and solved exactly, so there is no chance in it and no need
 * to stop early: all training examples train. Heads on tokens have no such solution here, nor have
 * hidden layers; gradients train them. Other heads come from a {@link HeadFitter}.
 */
public final class FeatureExtraction implements Strategy<Inductive> {
  @Override
  public String name() {
    return "feature-extraction";
  }

  @Override
  public String description() {
    return "Freeze the pre-trained network and fit a linear head to its features.";
  }

  @Override
  public Class<Inductive> problem() {
    return Inductive.class;
  }

  @Override
  public TransferredModel fit(Inductive problem, TransferContext context) {
    TransferTask<?> task = TransferTask.of(problem, name());
    if (task.isFitted()) {
      return fitted(task, context);
    }
    Optional<Map<String, HostTensor>> fitted = task.fittedHead(context);
    if (fitted.isEmpty()) {
      return byGradients(task.withHeldBackValidation(context), context);
    }
    Graph graph = task.withHead(task.backbone().graph());
    GraphModel model =
        task.inTargetUnits(new GraphModel(graph, task.backbone().parameters().with(fitted.get())));
    return new Outcome(task, name(), context)
        .of(model, task.headParameters(), Optional.of(task.featureValue()), List.of());
  }

  private TransferredModel byGradients(TransferTask<?> task, TransferContext context) {
    Graph graph = task.withHead(task.backbone().graph());
    Set<String> head = task.headParameters();
    ParameterStore start = Initialization.of(graph, head, context.seed().derive("head"));
    GraphModel model = new GraphModel(graph, task.backbone().parameters().with(start));
    TrainingResult result = GradientTraining.head(task, model, name(), context);
    return new Outcome(task, name(), context)
        .of(
            result.model(),
            head,
            Optional.of(task.featureValue()),
            List.of(Outcome.ending(result)));
  }

  private TransferredModel fitted(TransferTask<?> task, TransferContext context) {
    HeadFitter fitter = HeadFitters.get(task.head(), task.kind().output());
    FeatureTable features = task.features(task.train().examples(), context);
    HeadFitter.Head head =
        fitter.fit(features.values(), task.train().targets().subset(features.positions()), context);
    context.progress().report("head", 1, 1);
    Outcome outcome = new Outcome(task, name(), context);
    if (head instanceof HeadFitter.Function function) {
      return outcome.of(task.backbone(), task.featureValue(), function.scores());
    }
    Graph graph =
        Heads.append(
            task.backbone().graph(), Heads.linear(task.kind().width()), TransferredModel.LOGITS);
    Map<String, HostTensor> parameters = ((HeadFitter.Linear) head).parameters();
    return outcome.of(
        new GraphModel(graph, task.backbone().parameters().with(parameters)),
        parameters.keySet(),
        Optional.of(task.featureValue()),
        List.of("the head was fitted by '" + fitter.name() + "'"));
  }
}
