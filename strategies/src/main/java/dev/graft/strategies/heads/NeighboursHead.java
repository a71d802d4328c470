package dev.graft.strategies.heads;

import dev.graft.data.ClassLabels;
import dev.graft.data.Targets;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Output;
import dev.graft.transfer.TransferContext;
import org.tribuo.Model;
import org.tribuo.classification.Label;
import org.tribuo.classification.ensemble.VotingCombiner;
import org.tribuo.common.nearest.KNNModel;
import org.tribuo.common.nearest.KNNTrainer;
import org.tribuo.math.distance.L2Distance;
import org.tribuo.math.neighbour.NeighboursQueryFactoryType;

/** Tribuo's nearest neighbours in the features: the vote of the five nearest examples. */
public final class NeighboursHead implements HeadFitter {
  private static final int NEIGHBOURS = 5;

  @Override
  public String name() {
    return "tribuo:knn";
  }

  @Override
  public String description() {
    return "The vote of the five nearest examples in the features; no ONNX form.";
  }

  @Override
  public boolean fits(Output output) {
    return output instanceof Output.Classes;
  }

  @Override
  public Head fit(HostTensor features, Targets targets, TransferContext context) {
    ClassLabels labels = TribuoFeatures.labels(targets);
    Model<Label> model =
        new KNNTrainer<>(
                Math.min(NEIGHBOURS, labels.size()),
                new L2Distance(),
                1,
                new VotingCombiner(),
                KNNModel.Backend.THREADPOOL,
                NeighboursQueryFactoryType.BRUTE_FORCE)
            .train(TribuoFeatures.dataset(features, labels));
    return new Function(x -> TribuoFeatures.logScores(model, x, labels.classes()));
  }
}
