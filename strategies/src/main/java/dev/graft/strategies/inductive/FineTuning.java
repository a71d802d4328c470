package dev.graft.strategies.inductive;

import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.edit.Initialization;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingResult;
import dev.graft.train.Tuning;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Strategy;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.LinkedHashSet;
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
    Set<String> unfrozen = unfrozen(graph, tuning);
    unfrozen.removeAll(head);
    List<ParameterGroup> groups =
        unfrozen.isEmpty()
            ? List.of(new ParameterGroup("head", head, 1))
            : List.of(
                new ParameterGroup("backbone", unfrozen, tuning.backboneRateFactor()),
                new ParameterGroup("head", head, 1));
    TrainingResult result =
        GradientTraining.run(task, model, groups, tuning.batchNorm(), name(), context);
    Set<String> trained = new LinkedHashSet<>(unfrozen);
    trained.addAll(head);
    return new Outcome(task, name(), context)
        .of(
            result.model(),
            trained,
            unfrozen.isEmpty() ? Optional.of(task.featureValue()) : Optional.empty(),
            List.of(
                Outcome.ending(result),
                "exported graphs have lost their dropout; it was not put back"));
  }

  /** The parameters that the settings do not freeze. */
  private static Set<String> unfrozen(Graph graph, Tuning tuning) {
    Parameters parameters = Parameters.of(graph);
    int layers = parameters.layers();
    int frozen = tuning.freezeLayers();
    if (frozen >= layers || frozen < -layers) {
      throw new StrategyException(
          "freezeLayers is "
              + frozen
              + ", but the network has only "
              + layers
              + " layers with the head");
    }
    Set<String> unfrozen =
        new LinkedHashSet<>(parameters.trainableFrom(frozen < 0 ? layers + frozen : frozen));
    tuning.freeze().forEach(pattern -> unfrozen.removeAll(parameters.matching(pattern)));
    return unfrozen;
  }
}
