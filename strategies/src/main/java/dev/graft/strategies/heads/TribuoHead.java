package dev.graft.strategies.heads;

import dev.graft.data.ClassLabels;
import dev.graft.data.Targets;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Output;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferContext;
import java.util.List;
import java.util.Optional;
import org.tribuo.Model;
import org.tribuo.Trainer;
import org.tribuo.classification.Label;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.ensemble.VotingCombiner;
import org.tribuo.classification.liblinear.LibLinearClassificationModel;
import org.tribuo.classification.liblinear.LibLinearClassificationTrainer;
import org.tribuo.classification.liblinear.LinearClassificationType;
import org.tribuo.classification.liblinear.LinearClassificationType.LinearType;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.classification.xgboost.XGBoostClassificationTrainer;
import org.tribuo.common.nearest.KNNModel;
import org.tribuo.common.nearest.KNNTrainer;
import org.tribuo.common.tree.RandomForestTrainer;
import org.tribuo.common.xgboost.XGBoostTrainer.BoosterType;
import org.tribuo.common.xgboost.XGBoostTrainer.LoggingVerbosity;
import org.tribuo.common.xgboost.XGBoostTrainer.TreeMethod;
import org.tribuo.math.distance.L2Distance;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.neighbour.NeighboursQueryFactoryType;
import org.tribuo.math.optimisers.AdaGrad;

/**
 * Classifiers of Tribuo's on the features, a nested class for each. Those with weights are fitted
 * to standardised features and become a linear layer, which is exported like any other; the others
 * have no ONNX form.
 */
public abstract class TribuoHead implements HeadFitter {
  private static final double NEVER = -1e3;

  private final String name;
  private final String description;
  private final Recipe recipe;
  private final Optional<Weights> weights;

  /** Makes the trainer for so many examples and features. */
  private interface Recipe {
    Trainer<Label> trainer(int examples, int width, TransferContext context);
  }

  /** Reads the weights of a linear model: {@code [label id][width + 1]}, the bias last. */
  private interface Weights {
    double[][] rows(Model<Label> model);
  }

  /**
   * @param weights of a linear model; empty for others
   */
  private TribuoHead(String name, String description, Recipe recipe, Optional<Weights> weights) {
    this.name = name;
    this.description = description;
    this.recipe = recipe;
    this.weights = weights;
  }

  /** Logistic regression by stochastic gradient descent. */
  public static final class Logistic extends TribuoHead {
    public Logistic() {
      super(
          "tribuo:logistic",
          "Tribuo's logistic regression by stochastic gradient descent.",
          (examples, width, context) ->
              new LinearSGDTrainer(
                  new LogMulticlass(),
                  new AdaGrad(0.1),
                  20, // epochs
                  -1, // never log
                  1, // batch size
                  context.seed().derive("logistic").key()),
          Optional.of(model -> rows(((LinearSGDModel) model).getWeightsCopy())));
    }
  }

  /**
   * LIBLINEAR's logistic regression, each class against the rest (Fan et al. 2008), with the
   * penalty of Graft's own linear head.
   */
  public static final class LibLinear extends TribuoHead {
    public LibLinear() {
      super(
          "tribuo:liblinear",
          "LIBLINEAR's logistic regression, each class against the rest.",
          (examples, width, context) ->
              new LibLinearClassificationTrainer(
                  new LinearClassificationType(LinearType.L2R_LR),
                  // It minimises |w|^2 / 2 + cost * (sum of the losses).
                  1 / Math.max(1e-9, width * context.settings().regularization().headPenalty()),
                  1000, // iterations
                  1e-3, // termination
                  context.seed().derive("liblinear").key()),
          Optional.of(model -> rows((LibLinearClassificationModel) model)));
    }
  }

  /** The nearest examples. */
  public static final class Neighbours extends TribuoHead {
    public Neighbours() {
      super(
          "tribuo:knn",
          "The vote of the five nearest examples in the features; no ONNX form.",
          (examples, width, context) ->
              new KNNTrainer<>(
                  Math.min(5, examples),
                  new L2Distance(),
                  1,
                  new VotingCombiner(),
                  KNNModel.Backend.THREADPOOL,
                  NeighboursQueryFactoryType.BRUTE_FORCE),
          Optional.empty());
    }
  }

  /** A random forest (Breiman 2001). */
  public static final class Forest extends TribuoHead {
    public Forest() {
      super(
          "tribuo:random-forest",
          "The vote of a hundred decision trees on the features; no ONNX form.",
          (examples, width, context) -> {
            long seed = context.seed().derive("forest").key();
            float share = (float) (1 / Math.sqrt(width));
            return new RandomForestTrainer<>(
                new CARTClassificationTrainer(Integer.MAX_VALUE, share, seed),
                new VotingCombiner(),
                100,
                seed);
          },
          Optional.empty());
    }
  }

  /** Boosted trees (Chen and Guestrin 2016), in XGBoost's native code. */
  public static final class Boosted extends TribuoHead {
    public Boosted() {
      super(
          "tribuo:xgboost",
          "A hundred rounds of XGBoost's trees on the features; no ONNX form.",
          (examples, width, context) ->
              new XGBoostClassificationTrainer(
                  BoosterType.GBTREE,
                  TreeMethod.HIST,
                  100, // rounds
                  0.3, // rate
                  0, // least gain of a split
                  6, // depth
                  1, // least weight of a leaf
                  1, // share of the examples
                  1, // share of the features
                  1, // L2
                  0, // L1
                  Runtime.getRuntime().availableProcessors(),
                  LoggingVerbosity.SILENT,
                  context.seed().derive("xgboost").key()),
          Optional.empty());
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public boolean fits(Output output) {
    return output instanceof Output.Classes;
  }

  @Override
  public Head fit(HostTensor features, Targets targets, TransferContext context) {
    ClassLabels labels = TribuoFeatures.labels(targets);
    int width = features.size() / labels.size();
    Trainer<Label> trainer = recipe.trainer(labels.size(), width, context);
    try {
      if (weights.isPresent()) {
        return linear(trainer, weights.get(), Standardised.of(features), labels);
      }
      Model<Label> model = trainer.train(TribuoFeatures.dataset(features, labels));
      return new Function(x -> TribuoFeatures.logScores(model, x, labels.classes()));
    } catch (LinkageError e) {
      throw new StrategyException(
          "head '" + name + "' is native code that cannot be loaded on this machine: " + e);
    }
  }

  private static Linear linear(
      Trainer<Label> trainer, Weights weights, Standardised x, ClassLabels labels) {
    HostTensor standardised = HostTensor.of(x.x(), x.rows(), x.width());
    Model<Label> model = trainer.train(TribuoFeatures.dataset(standardised, labels));
    double[][] rows = weights.rows(model);
    List<String> classes = labels.classes();
    double[] w = new double[(x.width() + 1) * classes.size()];
    for (int k = 0; k < classes.size(); k++) {
      int row = model.getOutputIDInfo().getID(new Label(classes.get(k)));
      for (int j = 0; j <= x.width(); j++) {
        // A class without examples has no row and is never predicted.
        w[j * classes.size() + k] = row >= 0 ? rows[row][j] : j < x.width() ? 0 : NEVER;
      }
    }
    return new Linear(x.head(w, classes.size()));
  }

  private static double[][] rows(DenseMatrix matrix) {
    double[][] rows = new double[matrix.getDimension1Size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = matrix.getRow(i).toArray();
    }
    return rows;
  }

  private static double[][] rows(LibLinearClassificationModel model) {
    de.bwaldvogel.liblinear.Model inner = model.getInnerModels().get(0);
    int[] labels = inner.getLabels();
    int width = inner.getNrFeature();
    // Of two classes the second has the first one's weights with the other sign: half of each,
    // so that a softmax gives the probabilities of the logistic function.
    double share = labels.length == 2 ? 0.5 : 1;
    double[][] rows = new double[labels.length][width + 1];
    for (int k = 0; k < labels.length; k++) {
      for (int j = 0; j < width; j++) {
        rows[labels[k]][j] = share * inner.getDecfunCoef(j + 1, k);
      }
      rows[labels[k]][width] = share * inner.getDecfunBias(k);
    }
    return rows;
  }
}
