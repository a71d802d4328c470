package dev.graft.strategies.inductive;

import dev.graft.data.ClassLabels;
import dev.graft.data.ClassOverlap;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Duplicate;
import dev.graft.data.Labeled;
import dev.graft.data.Splits;
import dev.graft.data.Targets;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.edit.Cut;
import dev.graft.graph.edit.Heads;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An inductive problem made ready: the backbone is cut, the targets are checked, and what the user
 * should know is noted.
 *
 * @param <T> the kind of targets
 * @param pretrained the network as given
 * @param cut the value at which it was cut
 * @param backbone from the network's inputs to what a head reads, its only output
 * @param train the training examples
 * @param validation the examples that may decide when to stop
 * @param kind what is particular to these targets
 * @param head the name of the new head
 * @param notes for the summary
 */
record TransferTask<T extends Targets>(
    PretrainedModel pretrained,
    String cut,
    GraphModel backbone,
    Labeled<T> train,
    Optional<Labeled<T>> validation,
    TargetKind<T> kind,
    String head,
    List<String> notes) {
  /** The hidden units of an MLP head. */
  private static final int HIDDEN = 256;

  private static final String FEATURES = "features";

  /**
   * A validation part with fewer examples than this decides by chance: with 100 of them an accuracy
   * of 0.9 has a standard error of three points, as much as epochs differ by.
   */
  private static final int SMALLEST_VALIDATION = 100;

  private static final int MOST_LISTED = 5;

  static TransferTask<?> of(Inductive problem, String strategy) {
    return of(problem, problem.train(), strategy);
  }

  private static <T extends Targets> TransferTask<T> of(
      Inductive problem, Labeled<T> train, String strategy) {
    PretrainedModel pretrained = problem.model();
    Graph graph = pretrained.model().graph();
    TargetKind<T> kind = TargetKind.of(train.targets(), train.examples().name(), strategy);
    String cut = problem.cut().orElseGet(() -> kind.cut(graph));
    Graph backbone = Heads.append(Cut.at(graph, cut), kind::features, FEATURES);
    Optional<Labeled<T>> validation = problem.validation().map(v -> same(v, train, kind));
    List<String> notes = new ArrayList<>();
    noteOverlap(notes, kind.output().names(), pretrained);
    validation.ifPresent(v -> noteDuplicates(notes, train, v));
    return new TransferTask<>(
        pretrained,
        cut,
        GraphModel.of(backbone, pretrained.model().parameters()),
        train,
        validation,
        kind,
        problem.head(),
        notes);
  }

  @SuppressWarnings("unchecked") // the targets' class was compared
  private static <T extends Targets> Labeled<T> same(
      Labeled<?> validation, Labeled<T> train, TargetKind<T> kind) {
    if (validation.targets().getClass() != train.targets().getClass()) {
      throw new DataException(
          "the training part has "
              + train.targets().getClass().getSimpleName()
              + ", the validation part "
              + validation.targets().getClass().getSimpleName());
    }
    Labeled<T> same = (Labeled<T>) validation;
    kind.requireSame(same.targets());
    return same;
  }

  /**
   * This task with a validation part: the given one, or examples held back from training where
   * there are enough.
   */
  TransferTask<T> withHeldBackValidation(TransferContext context) {
    double fraction = context.settings().stopping().validationFraction();
    if (validation.isPresent() || fraction == 0) {
      return this;
    }
    List<String> more = new ArrayList<>(notes);
    Optional<ClassLabels> strata = kind.strata();
    int scarcest =
        strata
            .map(s -> Arrays.stream(s.counts()).filter(c -> c > 0).min().orElse(0))
            .orElse(train.size());
    if (fraction * train.size() < SMALLEST_VALIDATION || scarcest < 2) {
      more.add("too few examples to hold some back for early stopping; trained for all epochs");
      return new TransferTask<>(pretrained, cut, backbone, train, validation, kind, head, more);
    }
    Seed seed = context.seed().derive("validation");
    List<int[]> parts =
        strata
            .map(s -> Splits.stratified(s, seed, 1 - fraction, fraction))
            .orElseGet(() -> Splits.random(train.size(), seed, 1 - fraction, fraction));
    more.add(
        parts.get(1).length
            + " of "
            + train.size()
            + " training examples were held back for early stopping");
    Labeled<T> kept = train.subset(parts.get(0));
    return new TransferTask<>(
        pretrained,
        cut,
        backbone,
        kept,
        Optional.of(train.subset(parts.get(1))),
        TargetKind.of(kept.targets(), train.examples().name(), "a held-back part"),
        head,
        more);
  }

  String featureValue() {
    return backbone.graph().outputs().get(0);
  }

  /** Whether the head is one that a {@link HeadFitter} makes of frozen features. */
  boolean isFitted() {
    return !head.equals(Inductive.LINEAR) && !head.equals(Inductive.MLP);
  }

  /**
   * Features with a new head on them, whose parameters have no values yet.
   *
   * @throws StrategyException if gradients cannot train the head
   */
  Graph withHead(Graph features) {
    if (isFitted()) {
      throw new StrategyException(
          "head '"
              + head
              + "' is fitted to frozen features. Use the strategy feature-extraction, or the head"
              + " linear or mlp.");
    }
    return Heads.append(
        features,
        head.equals(Inductive.MLP)
            ? Heads.hidden(HIDDEN, kind.width())
            : Heads.linear(kind.width()),
        TransferredModel.LOGITS);
  }

  /** The names of the head's parameters. */
  Set<String> headParameters() {
    return head.equals(Inductive.MLP)
        ? Set.of(Heads.HIDDEN_WEIGHT, Heads.HIDDEN_BIAS, Heads.WEIGHT, Heads.BIAS)
        : Set.of(Heads.WEIGHT, Heads.BIAS);
  }

  /** The features of examples, from the context's store. */
  FeatureTable features(Dataset data, TransferContext context) {
    try (var extractor = new GraphFeatureExtractor(backbone, context.backend())) {
      return context
          .features()
          .features(
              extractor,
              pretrained.preprocessing(),
              data,
              context.progress(),
              context.cancellation());
    }
  }

  /**
   * The head that fits the frozen backbone best, by store name; empty where gradients must find it.
   */
  Optional<Map<String, HostTensor>> fittedHead(TransferContext context) {
    if (!kind.output().alignment().isEmpty() || !head.equals(Inductive.LINEAR)) {
      return Optional.empty();
    }
    FeatureTable features = features(train.examples(), context);
    @SuppressWarnings("unchecked") // a subset of targets is of the same kind
    T targets = (T) train.targets().subset(features.positions());
    Optional<Map<String, HostTensor>> head =
        kind.fit(
            features.values(),
            targets,
            context.settings().regularization(),
            context.cancellation());
    context.progress().report("head", 1, 1);
    return head;
  }

  /** A trained model whose output is in the units of the targets. */
  GraphModel inTargetUnits(GraphModel model) {
    Map<String, HostTensor> head = new HashMap<>();
    headParameters().forEach(name -> head.put(name, model.parameters().get(name)));
    return model.with(ParameterStore.of(kind.inTargetUnits(head)));
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

  private static void noteDuplicates(List<String> notes, Labeled<?> train, Labeled<?> validation) {
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
