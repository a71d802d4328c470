package dev.graft.strategies.heads;

import dev.graft.data.ClassLabels;
import dev.graft.data.Targets;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Output;
import dev.graft.transfer.TransferContext;
import org.tribuo.Model;
import org.tribuo.classification.Label;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.ensemble.VotingCombiner;
import org.tribuo.common.tree.RandomForestTrainer;

/** Tribuo's random forest on the features (Breiman 2001): the vote of a hundred trees. */
public final class ForestHead implements HeadFitter {
  private static final int TREES = 100;

  @Override
  public String name() {
    return "tribuo:random-forest";
  }

  @Override
  public String description() {
    return "The vote of a hundred decision trees on the features; no ONNX form.";
  }

  @Override
  public boolean fits(Output output) {
    return output instanceof Output.Classes;
  }

  @Override
  public Head fit(HostTensor features, Targets targets, TransferContext context) {
    ClassLabels labels = TribuoFeatures.labels(targets);
    int width = features.size() / labels.size();
    float share = (float) (1 / Math.sqrt(width));
    long seed = context.seed().derive("forest").key();
    Model<Label> model =
        new RandomForestTrainer<>(
                new CARTClassificationTrainer(Integer.MAX_VALUE, share, seed),
                new VotingCombiner(),
                TREES,
                seed)
            .train(TribuoFeatures.dataset(features, labels));
    return new Function(x -> TribuoFeatures.logScores(model, x, labels.classes()));
  }
}
