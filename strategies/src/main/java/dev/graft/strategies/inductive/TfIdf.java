package dev.graft.strategies.inductive;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.TfIdfPreprocessing;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.strategies.linear.SparseLogisticRegression;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Strategy;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Logistic regression on the words of texts, without any network: the baseline that a network of
 * texts has to beat. It reads nothing of the pre-trained network but its place in the comparison.
 */
public final class TfIdf implements Strategy<Inductive> {
  @Override
  public String name() {
    return "tf-idf";
  }

  @Override
  public String description() {
    return "No network: logistic regression on weighted counts of words, a baseline for texts.";
  }

  @Override
  public Class<Inductive> problem() {
    return Inductive.class;
  }

  @Override
  public TransferredModel fit(Inductive problem, TransferContext context) {
    Labeled<?> train = problem.train();
    if (!(train.targets() instanceof ClassLabels labels)) {
      throw new StrategyException(
          name()
              + " needs one class per text, but '"
              + train.examples().name()
              + "' has "
              + train.targets().getClass().getSimpleName());
    }
    TfIdfPreprocessing words = TfIdfPreprocessing.fit(train.examples());
    List<TfIdfPreprocessing.Terms> rows =
        IntStream.range(0, train.size())
            .mapToObj(i -> words.terms(train.examples().sample(i)))
            .toList();
    ParameterStore head =
        ParameterStore.of(
            SparseLogisticRegression.fit(
                rows,
                words.width(),
                labels.labels(),
                labels.classes().size(),
                context.cancellation()));
    PretrainedModel counts = counts(words);
    Inductive counted =
        problem.validation().isPresent()
            ? Inductive.of(counts, train, problem.validation().get())
            : Inductive.of(counts, train);
    TransferTask<?> task = TransferTask.of(counted.cutAt(TfIdfPreprocessing.INPUT), name());
    Graph graph = task.withHead(task.backbone().graph());
    return new Outcome(task, name(), context)
        .of(
            new GraphModel(graph, head),
            task.headParameters(),
            Optional.empty(),
            List.of("the pre-trained network was not used"));
  }

  /** The counts as a network that hands them on. */
  private static PretrainedModel counts(TfIdfPreprocessing words) {
    GraphBuilder g = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.of(words.width())));
    Value counts = g.input(TfIdfPreprocessing.INPUT, new TensorType(DType.FLOAT32, shape));
    g.output(counts);
    GraphModel model = new GraphModel(g.build(), ParameterStore.EMPTY);
    return new PretrainedModel(
        "words", model, words, Provenance.of("none", model.parameters().fingerprint()));
  }
}
