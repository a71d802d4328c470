package dev.graft.strategies.inductive;

import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import dev.graft.train.TrainingResult;
import dev.graft.train.Tuning;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Strategy;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fits a new head to the frozen backbone first and then trains the whole network, the backbone with
 * a lower rate (linear probing then fine-tuning; Kumar et al. 2022): a head that is right from the
 * start sends no gradients that would wreck the features.
 */
public final class FineTuning implements Strategy<Inductive> {
  @Override
  public String name() {
    return "fine-tuning";
  }

  @Override
  public String description() {
    return "Fit a new head to the frozen network, then train all of it with a lower rate below.";
  }

  @Override
  public Class<Inductive> problem() {
    return Inductive.class;
  }

  @Override
  public TransferredModel fit(Inductive problem, TransferContext context) {
    problem.model().requireNetwork(name());
    TransferTask<?> task = TransferTask.of(problem, name()).withHeldBackValidation(context);
    Tuning tuning = context.settings().tuning();
    Graph graph = task.withHead(task.backbone().graph());
    Set<String> head = task.headParameters();
    Optional<Map<String, HostTensor>> fitted =
        tuning.headFirst() ? task.fittedHead(context) : Optional.empty();
    ParameterStore start =
        fitted
            .map(ParameterStore::of)
            .orElseGet(() -> Initialization.of(graph, head, context.seed().derive("head")));
    GraphModel model = new GraphModel(graph, task.backbone().parameters().with(start));
    TunedParameters tuned =
        TunedParameters.of(model, head, fitted.isPresent(), tuning, context.seed());
    TrainingResult result =
        GradientTraining.run(
            task, tuned.model(), tuned.groups(), tuning.batchNorm(), name(), context);
    return new Outcome(task, name(), context)
        .of(
            tuned.merged(result.model()),
            tuned.elements(),
            tuned.onlyHead() ? Optional.of(task.featureValue()) : Optional.empty(),
            List.of(
                Outcome.ending(result),
                "exported graphs have lost their dropout; it was not put back"));
  }
}
