package dev.graft.strategies;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import dev.graft.graph.Role;
import dev.graft.graph.edit.Cut;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.Heads;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferScore;
import dev.graft.transfer.TransferScore.Evidence;
import dev.graft.transfer.TransferScore.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Pre-trained networks in the order in which they promise to do well on a task.
 *
 * @param models by name what each score says; a score that a network does not allow is missing
 * @param seconds by name how long its features and scores took
 * @param recommended the name of the network with the best {@link #DECIDING} score
 * @param certainty how often it is the best when the examples are drawn again with replacement
 * @param examples how many were looked at
 */
public record ModelRanking(
    Map<String, Map<String, Double>> models,
    Map<String, Double> seconds,
    String recommended,
    double certainty,
    int examples) {
  /** The score that decides, for it is the accuracy of a model and needs nothing but features. */
  public static final String DECIDING = "linear-probe";

  private static final int RESAMPLES = 1000;

  public ModelRanking {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    seconds = Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
  }

  /** The names of the networks, the one with the best value of a score first. */
  public List<String> order(String score) {
    return models.keySet().stream()
        .filter(m -> models.get(m).containsKey(score))
        .sorted((a, b) -> Double.compare(models.get(b).get(score), models.get(a).get(score)))
        .toList();
  }

  /**
   * Scores networks on the examples of a task. Features come from the context's store.
   *
   * @param most examples are looked at, with each class in proportion
   */
  static ModelRanking of(
      List<PretrainedModel> networks,
      Labeled<ClassLabels> data,
      int most,
      List<TransferScore> scores,
      TransferContext context) {
    if (networks.isEmpty()) {
      throw new DataException("there is no network to rank");
    }
    Labeled<ClassLabels> examples = sample(data, most, context.seed().derive("examples"));
    Map<String, Map<String, Double>> models = new LinkedHashMap<>();
    Map<String, Double> seconds = new LinkedHashMap<>();
    Map<String, double[]> parts = new LinkedHashMap<>();
    for (PretrainedModel network : networks) {
      long start = System.nanoTime();
      Evidence evidence = evidence(network, examples, context);
      Map<String, Double> values = new LinkedHashMap<>();
      for (TransferScore score : scores) {
        Optional<Score> found = score.score(evidence);
        found.ifPresent(s -> values.put(score.name(), s.value()));
        if (score.name().equals(DECIDING)) {
          parts.put(network.name(), found.orElseThrow().parts());
        }
      }
      models.put(network.name(), values);
      seconds.put(network.name(), (System.nanoTime() - start) / 1e9);
    }
    if (parts.size() < networks.size()) {
      throw new DataException(
          "no score '"
              + DECIDING
              + "' on the class path, or two networks have one name: "
              + networks.stream().map(PretrainedModel::name).toList());
    }
    String best =
        models.keySet().stream()
            .max((a, b) -> Double.compare(models.get(a).get(DECIDING), models.get(b).get(DECIDING)))
            .orElseThrow();
    return new ModelRanking(
        models, seconds, best, certainty(best, parts, context.seed()), examples.size());
  }

  private static Labeled<ClassLabels> sample(Labeled<ClassLabels> data, int most, Seed seed) {
    if (data.size() <= most) {
      return data;
    }
    double part = most / (double) data.size();
    return data.subset(Splits.stratified(data.targets(), seed, part, 1 - part).get(0));
  }

  private static Evidence evidence(
      PretrainedModel network, Labeled<ClassLabels> data, TransferContext context) {
    Graph graph = network.model().graph();
    String cut = CutPoints.best(graph).value();
    FeatureTable features =
        compute(network, Heads.append(Cut.at(graph, cut), Heads::pool, "features"), data, context);
    Optional<HostTensor> source =
        sourceClasses(graph, cut)
            .map(
                classes -> probabilities(compute(network, classes, data, context).values(), graph));
    return new Evidence(
        features.values(),
        source,
        data.targets().subset(features.positions()),
        context.seed().derive("scores"));
  }

  /** The network up to its own classes, if it still has the layer that finds them. */
  private static Optional<Graph> sourceClasses(Graph graph, String cut) {
    String output = graph.outputs().get(0);
    TensorType type = graph.type(output);
    boolean classifies =
        type.rank() == 2
            && type.shape().dim(1).isFixed()
            && !Cut.at(graph, cut)
                .inputs(Role.STATE)
                .equals(Cut.at(graph, output).inputs(Role.STATE));
    return classifies ? Optional.of(Cut.at(graph, output)) : Optional.empty();
  }

  private static FeatureTable compute(
      PretrainedModel network, Graph graph, Labeled<ClassLabels> data, TransferContext context) {
    GraphModel model =
        new GraphModel(graph, network.model().parameters()); // more than it reads does no harm
    try (var extractor = new GraphFeatureExtractor(model, context.backend())) {
      return context
          .features()
          .features(
              extractor,
              network.preprocessing(),
              data.examples(),
              context.progress(),
              context.cancellation());
    }
  }

  /** The softmax of the network's output, unless it ends in one. */
  private static HostTensor probabilities(HostTensor output, Graph graph) {
    boolean done =
        graph
            .producer(graph.outputs().get(0))
            .map(Node::operator)
            .filter(o -> o.name().equals("Softmax"))
            .isPresent();
    if (done) {
      return output;
    }
    int classes = (int) output.shape().sizes()[1];
    double[] p = output.toDoubles();
    for (int start = 0; start < p.length; start += classes) {
      double max = Arrays.stream(p, start, start + classes).max().orElse(0);
      double sum = 0;
      for (int k = start; k < start + classes; k++) {
        p[k] = Math.exp(p[k] - max);
        sum += p[k];
      }
      for (int k = start; k < start + classes; k++) {
        p[k] /= sum;
      }
    }
    return HostTensor.fromDoubles(output.type(), i -> p[i]).cast(DType.FLOAT32);
  }

  /** The part of bootstrap samples in which no other network has a larger mean. */
  private static double certainty(String best, Map<String, double[]> parts, Seed seed) {
    int n = parts.get(best).length;
    List<double[]> others = new ArrayList<>(parts.values());
    others.remove(parts.get(best));
    int wins = 0;
    for (int r = 0; r < RESAMPLES; r++) {
      Seed draw = seed.derive("resample", r);
      int[] rows = IntStream.range(0, n).map(i -> (int) (draw.uniform(i) * n)).toArray();
      double own = sum(parts.get(best), rows);
      wins += others.stream().allMatch(o -> sum(o, rows) <= own) ? 1 : 0;
    }
    return wins / (double) RESAMPLES;
  }

  private static double sum(double[] parts, int[] rows) {
    double sum = 0;
    for (int row : rows) {
      // Where an example could be read for one network only, the shorter list decides.
      sum += row < parts.length ? parts[row] : 0;
    }
    return sum;
  }
}
