package dev.graft.strategies.inductive;

import dev.graft.graph.Graph;
import dev.graft.graph.edit.Heads;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
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
 * to stop early: all training examples train.
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
    ClassificationTask task = ClassificationTask.of(problem, name());
    Map<String, HostTensor> head = task.linearHead(context);
    Graph graph = task.withLinearHead(task.backbone().graph());
    GraphModel model = new GraphModel(graph, task.backbone().parameters().with(head));
    return new Outcome(task, name(), context)
        .of(model, Set.of(Heads.WEIGHT, Heads.BIAS), Optional.of(task.featureValue()), List.of());
  }
}
