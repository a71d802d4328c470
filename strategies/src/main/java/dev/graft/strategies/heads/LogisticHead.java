package dev.graft.strategies.heads;

import dev.graft.data.ClassLabels;
import dev.graft.data.Targets;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Output;
import dev.graft.transfer.TransferContext;
import java.util.List;
import org.tribuo.classification.Label;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.optimisers.AdaGrad;

/**
 * Tribuo's logistic regression by stochastic gradient descent on standardised features. Its weights
 * become a linear layer, so it is exported like any other.
 */
public final class LogisticHead implements HeadFitter {
  private static final double RATE = 0.1;
  private static final int EPOCHS = 20;
  private static final int LOG_NEVER = -1;

  @Override
  public String name() {
    return "tribuo:logistic";
  }

  @Override
  public String description() {
    return "Tribuo's logistic regression by stochastic gradient descent.";
  }

  @Override
  public boolean fits(Output output) {
    return output instanceof Output.Classes;
  }

  @Override
  public Head fit(HostTensor features, Targets targets, TransferContext context) {
    ClassLabels labels = TribuoFeatures.labels(targets);
    Standardised x = Standardised.of(features);
    HostTensor standardised = HostTensor.of(x.x(), x.rows(), x.width());
    LinearSGDModel model =
        (LinearSGDModel)
            new LinearSGDTrainer(
                    new LogMulticlass(),
                    new AdaGrad(RATE),
                    EPOCHS,
                    LOG_NEVER,
                    1,
                    context.seed().derive("logistic").key())
                .train(TribuoFeatures.dataset(standardised, labels));
    DenseMatrix weights = model.getWeightsCopy(); // [labels, width + bias], labels by their id
    List<String> classes = labels.classes();
    double[] w = new double[(x.width() + 1) * classes.size()];
    for (int k = 0; k < classes.size(); k++) {
      int row = model.getOutputIDInfo().getID(new Label(classes.get(k)));
      for (int j = 0; j <= x.width(); j++) {
        // A class without examples has no row and is never predicted.
        w[j * classes.size() + k] = row >= 0 ? weights.get(row, j) : j < x.width() ? 0 : -1e3;
      }
    }
    return new Linear(x.head(w, classes.size()));
  }
}
