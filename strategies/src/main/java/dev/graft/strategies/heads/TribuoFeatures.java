package dev.graft.strategies.heads;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Targets;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.tribuo.Dataset;
import org.tribuo.Example;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/** Features and labels as Tribuo's data sets, and Tribuo's predictions as scores. */
final class TribuoFeatures {
  private TribuoFeatures() {}

  static ClassLabels labels(Targets targets) {
    if (targets instanceof ClassLabels labels) {
      return labels;
    }
    throw new DataException(
        "this head learns classes, but the targets are " + targets.getClass().getSimpleName());
  }

  static Dataset<Label> dataset(HostTensor features, ClassLabels labels) {
    LabelFactory factory = new LabelFactory();
    MutableDataset<Label> data =
        new MutableDataset<>(new SimpleDataSourceProvenance("features", factory), factory);
    String[] names = names(features);
    for (int i = 0; i < labels.size(); i++) {
      data.add(example(features, i, names, new Label(labels.classes().get(labels.label(i)))));
    }
    return data;
  }

  /** Tribuo orders features by their names, so these are padded to keep the columns' order. */
  private static String[] names(HostTensor features) {
    int width = features.size() / (int) features.shape().sizes()[0];
    return IntStream.range(0, width)
        .mapToObj(j -> String.format(Locale.ROOT, "%07d", j))
        .toArray(String[]::new);
  }

  private static Example<Label> example(HostTensor features, int row, String[] names, Label label) {
    double[] values = new double[names.length];
    Arrays.setAll(values, j -> features.getDouble(row * names.length + j));
    return new ArrayExample<>(label, names, values);
  }

  /**
   * The logarithms of a model's scores by class, in the order of the classes: what a softmax turns
   * into the scores again.
   */
  static HostTensor logScores(Model<Label> model, HostTensor features, List<String> classes) {
    int n = (int) features.shape().sizes()[0];
    String[] names = names(features);
    double[] scores = new double[n * classes.size()];
    IntStream.range(0, n)
        .parallel()
        .forEach(
            i -> {
              Map<String, Label> found =
                  model
                      .predict(example(features, i, names, LabelFactory.UNKNOWN_LABEL))
                      .getOutputScores();
              for (int k = 0; k < classes.size(); k++) {
                Label label = found.get(classes.get(k));
                double share = label == null ? 0 : label.getScore();
                scores[i * classes.size() + k] = Math.log(Math.max(share, 1e-9));
              }
            });
    return HostTensor.fromDoubles(TensorType.of(DType.FLOAT32, n, classes.size()), i -> scores[i]);
  }
}
