package dev.graft.strategies.inductive;

import dev.graft.data.ClassLabels;
import dev.graft.data.ClassOverlap;
import dev.graft.data.DataException;
import dev.graft.data.Duplicate;
import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Role;
import dev.graft.graph.edit.Cut;
import dev.graft.graph.edit.CutPoints;
import dev.graft.graph.edit.Heads;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.tensor.HostTensor;
import dev.graft.train.CrossEntropy;
import dev.graft.train.Regularization;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An inductive classification problem made ready: the backbone is cut and pooled, the labels are
 * checked, and what the user should know is noted.
 *
 * @param pretrained the network as given
 * @param cut the value at which it was cut
 * @param backbone from the network's inputs to one vector per example, its only output
 * @param train the training examples
 * @param validation the examples that may decide when to stop
 * @param notes for the summary
 */
record ClassificationTask(
    PretrainedModel pretrained,
    String cut,
    GraphModel backbone,
    Labeled<ClassLabels> train,
    Optional<Labeled<ClassLabels>> validation,
    List<String> notes) {
  private static final String FEATURES = "features";

  /** A validation part with fewer examples than this decides by chance. */
  private static final int SMALLEST_VALIDATION = 20;

  private static final int MOST_LISTED = 5;

  static ClassificationTask of(Inductive problem, String strategy) {
    PretrainedModel pretrained = problem.model();
    Graph graph = pretrained.model().graph();
    String cut = problem.cut().orElseGet(() -> CutPoints.best(graph).value());
    Graph pooled = Heads.append(Cut.at(graph, cut), Heads::pool, FEATURES);
    Labeled<ClassLabels> train = classes(problem.train(), strategy);
    Optional<Labeled<ClassLabels>> validation = problem.validation().map(v -> classes(v, strategy));
    validation.ifPresent(v -> requireSameClasses(train.targets(), v.targets()));
    List<String> notes = new ArrayList<>();
    noteOverlap(notes, train.targets().classes(), pretrained);
    validation.ifPresent(v -> noteDuplicates(notes, train, v));
    return new ClassificationTask(
        pretrained,
        cut,
        modelOf(pooled, pretrained.model().parameters()),
        train,
        validation,
        notes);
  }

  /** A model that holds the parameters of its graph and no others. */
  static GraphModel modelOf(Graph graph, ParameterStore parameters) {
    List<String> read = graph.inputs(Role.STATE).stream().map(GraphInput::name).toList();
    return new GraphModel(graph, parameters.filter(read::contains));
  }

  /**
   * This task with a validation part: the given one, or examples held back from training where
   * there are enough.
   */
  ClassificationTask withHeldBackValidation(TransferContext context) {
    double fraction = context.settings().stopping().validationFraction();
    if (validation.isPresent() || fraction == 0) {
      return this;
    }
    List<String> more = new ArrayList<>(notes);
    int scarcest = Arrays.stream(train.targets().counts()).filter(c -> c > 0).min().orElse(0);
    if (fraction * train.size() < SMALLEST_VALIDATION || scarcest < 2) {
      more.add("too few examples to hold some back for early stopping; trained for all epochs");
      return new ClassificationTask(pretrained, cut, backbone, train, validation, more);
    }
    List<int[]> parts =
        Splits.stratified(
            train.targets(), context.seed().derive("validation"), 1 - fraction, fraction);
    more.add(
        parts.get(1).length
            + " of "
            + train.size()
            + " training examples were held back for early stopping");
    return new ClassificationTask(
        pretrained,
        cut,
        backbone,
        train.subset(parts.get(0)),
        Optional.of(train.subset(parts.get(1))),
        more);
  }

  List<String> classNames() {
    return train.targets().classes();
  }

  String featureValue() {
    return backbone.graph().outputs().get(0);
  }

  /** The backbone with a new linear head on its features, whose parameters have no values yet. */
  Graph withLinearHead(Graph features) {
    return Heads.append(features, Heads.linear(classNames().size()), TransferredModel.LOGITS);
  }

  /** The features of the training examples, from the context's store. */
  FeatureTable features(TransferContext context) {
    try (var extractor = new GraphFeatureExtractor(backbone, context.backend())) {
      return context
          .features()
          .features(
              extractor,
              pretrained.preprocessing(),
              train.examples(),
              context.progress(),
              context.cancellation());
    }
  }

  /** The head that fits the frozen backbone best, by store name. */
  Map<String, HostTensor> linearHead(TransferContext context) {
    FeatureTable features = features(context);
    ClassLabels labels = train.targets().subset(features.positions());
    Regularization settings = context.settings().regularization();
    double[] weights = new double[labels.size()];
    List<Double> perClass = settings.balancedClasses() ? CrossEntropy.balanced(labels) : List.of();
    Arrays.setAll(weights, i -> perClass.isEmpty() ? 1 : perClass.get(labels.label(i)));
    long width = features.values().shape().sizes()[1];
    SoftmaxRegression head =
        SoftmaxRegression.fit(
            features.values(),
            labels.labels(),
            labels.classes().size(),
            weights,
            settings.headPenalty() * width / labels.size(),
            context.cancellation());
    context.progress().report("head", 1, 1);
    return Map.of(Heads.WEIGHT, head.weight(), Heads.BIAS, head.bias());
  }

  /** What gradient training minimises. */
  CrossEntropy objective(Regularization settings) {
    return new CrossEntropy(
        classNames().size(),
        settings.labelSmoothing(),
        settings.balancedClasses() ? CrossEntropy.balanced(train.targets()) : List.of());
  }

  @SuppressWarnings("unchecked") // the targets were looked at
  private static Labeled<ClassLabels> classes(Labeled<?> data, String strategy) {
    if (!(data.targets() instanceof ClassLabels)) {
      throw new StrategyException(
          strategy
              + " needs class labels, but '"
              + data.examples().name()
              + "' has "
              + data.targets().getClass().getSimpleName());
    }
    return (Labeled<ClassLabels>) data;
  }

  private static void requireSameClasses(ClassLabels train, ClassLabels validation) {
    if (!train.classes().equals(validation.classes())) {
      throw new DataException(
          "the training part has the classes "
              + train.classes()
              + ", the validation part "
              + validation.classes()
              + "; they must be the same, in the same order");
    }
  }

  private static void noteOverlap(
      List<String> notes, List<String> classes, PretrainedModel pretrained) {
    List<ClassOverlap> overlap =
        ClassOverlap.between(classes, pretrained.provenance().trainedClasses());
    if (!overlap.isEmpty()) {
      notes.add(
          "classes of the target were in the pre-training, so transfer looks better here than on"
              + " new classes: "
              + listed(overlap));
    }
  }

  private static void noteDuplicates(
      List<String> notes, Labeled<ClassLabels> train, Labeled<ClassLabels> validation) {
    List<Duplicate> duplicates = Duplicate.between(train.examples(), validation.examples());
    if (!duplicates.isEmpty()) {
      notes.add(
          duplicates.size()
              + " validation examples are in the training part too, so validation looks better"
              + " than it is: "
              + listed(duplicates));
    }
  }

  private static String listed(List<?> things) {
    String first =
        things.stream().limit(MOST_LISTED).map(Object::toString).collect(Collectors.joining(", "));
    return things.size() > MOST_LISTED ? first + ", and more" : first;
  }
}
