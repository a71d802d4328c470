package dev.graft.strategies.inductive;

import dev.graft.graph.Graph;
import dev.graft.graph.edit.Initialization;
import dev.graft.graph.edit.NormalizationRestoration;
import dev.graft.graph.edit.Parameters;
import dev.graft.model.GraphModel;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingResult;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Strategy;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Trains the same network from fresh parameters, as the baseline that tells what transfer is worth.
 * It has the budget, data and augmentation of fine-tuning; batch normalisation trains, and where a
 * converter folded it away it is put back, for without it the baseline would be unfairly weak.
 */
public final class FromScratch implements Strategy<Inductive> {
  @Override
  public String name() {
    return "from-scratch";
  }

  @Override
  public String description() {
    return "Train the same network from fresh parameters: the baseline without transfer.";
  }

  @Override
  public Class<Inductive> problem() {
    return Inductive.class;
  }

  @Override
  public TransferredModel fit(Inductive problem, TransferContext context) {
    problem.model().requireNetwork(name());
    TransferTask<?> task = TransferTask.of(problem, name()).withHeldBackValidation(context);
    List<String> notes = new ArrayList<>();
    Graph backbone = task.backbone().graph();
    List<String> bare = NormalizationRestoration.candidates(backbone);
    if (!bare.isEmpty()) {
      backbone = NormalizationRestoration.restore(backbone, bare);
      notes.add(
          bare.size()
              + " convolutions had no normalisation, folded away or never there; batch"
              + " normalisation was added after each for a fair start");
    }
    Graph graph = task.withHead(backbone);
    GraphModel model =
        new GraphModel(graph, Initialization.all(graph, context.seed().derive("initial")));
    Set<String> trainable = Parameters.of(graph).trainable();
    TrainingResult result =
        GradientTraining.run(
            task,
            model,
            List.of(new ParameterGroup("all", trainable, 1)),
            BatchNormPolicy.BATCH_STATISTICS,
            name(),
            context);
    notes.add(Outcome.ending(result));
    notes.add("exported graphs have lost their dropout; it was not put back");
    return new Outcome(task, name(), context)
        .of(result.model(), trainable, Optional.empty(), notes);
  }
}
