package dev.graft.strategies;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.util.Modules;
import dev.graft.backend.Backend;
import dev.graft.backend.Backends;
import dev.graft.data.ClassLabels;
import dev.graft.data.Dataset;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Labeled;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.data.Splits;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluators;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormats;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.strategies.evaluation.ScopeEvaluator;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import dev.graft.train.Trainer;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Inference;
import dev.graft.transfer.Output;
import dev.graft.transfer.Predictor;
import dev.graft.transfer.Strategies;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferScore;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Transfer in a few lines. It opens one backend and closes it again:
 *
 * <pre>{@code
 * try (Graft graft = Graft.open()) {
 *   PretrainedModel network = graft.load(file, ImagePreprocessing.imagenet(224));
 *   TransferredModel model = graft.transfer(network).with("fine-tuning").fit(train, validation);
 *   System.out.println(model.summary() + " " + graft.evaluate(model, test).metrics());
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Graft implements AutoCloseable {
  private final Injector injector;
  private final Backend backend;

  private Graft(Injector injector) {
    this.injector = injector;
    this.backend =
        injector.getInstance(BackendChoice.class).open(injector.getInstance(Backends.class));
  }

  /**
   * Opens the preferred backend with everything that {@link GraftModule} binds.
   *
   * @param overrides bindings that replace those
   * @throws dev.graft.backend.BackendException if no backend can run here
   */
  public static Graft open(Module... overrides) {
    return new Graft(
        Guice.createInjector(Modules.override(new GraftModule()).with(List.of(overrides))));
  }

  /** The open backend; it is closed with this. */
  public Backend backend() {
    return backend;
  }

  /**
   * Reads a pre-trained network. A preprocessing of images is fed to the network's only input,
   * whatever that is called.
   *
   * @param preprocessing what the network expects
   * @throws dev.graft.model.ModelFormatException if the file cannot be read as a model
   */
  public PretrainedModel load(Path file, Preprocessing preprocessing) throws IOException {
    GraphModel model = injector.getInstance(ModelFormats.class).read(file);
    List<GraphInput> inputs = model.graph().inputs(Role.BATCH);
    Preprocessing fitting =
        preprocessing instanceof ImagePreprocessing image && inputs.size() == 1
            ? image.withInput(inputs.get(0).name())
            : preprocessing;
    String name = file.getFileName().toString();
    return new PretrainedModel(
        name, model, fitting, Provenance.of(name, model.parameters().fingerprint()));
  }

  /** Begins a transfer of a network to a labelled target task. */
  public Transfer transfer(PretrainedModel model) {
    return new Transfer(this, model, context());
  }

  /** How well a model does on examples that it was not made from. */
  public Evaluation evaluate(TransferredModel model, Labeled<?> data) {
    return Inference.evaluate(model, data, injector.getInstance(Evaluators.class), context());
  }

  /**
   * How well a classifier's confidence tells examples of its classes from others.
   *
   * @param inside examples of its classes
   * @param outside examples that are known to be of none of them
   * @throws StrategyException if the model does not choose one class
   */
  public Evaluation evaluateScope(TransferredModel model, Dataset inside, Dataset outside) {
    if (!(model.output() instanceof Output.Classes)) {
      throw new StrategyException(
          "only a model that chooses one class can be asked what is out of its scope, but this one"
              + " gives "
              + model.output().kind());
    }
    return ScopeEvaluator.evaluate(
        Inference.scores(model, inside, context()).values(),
        Inference.scores(model, outside, context()).values());
  }

  /**
   * How well a model does on each group of examples by itself, such as each speaker or hospital.
   *
   * @throws dev.graft.data.DataException if an example has no group
   */
  public Map<String, Evaluation> evaluateByGroup(TransferredModel model, Labeled<?> data) {
    FeatureTable scores = Inference.scores(model, data.examples(), context());
    Labeled<?> truth = data.subset(scores.positions());
    return injector
        .getInstance(Evaluators.class)
        .byGroup(scores.values(), truth, Splits.groupsOf(truth.examples()));
  }

  /**
   * Says which of several networks promises most for a task, without training them.
   *
   * @param data labelled examples of the task
   * @param most how many of them are looked at
   */
  public ModelRanking rank(List<PretrainedModel> networks, Labeled<ClassLabels> data, int most) {
    List<TransferScore> scores = new ArrayList<>();
    ServiceLoader.load(TransferScore.class).forEach(scores::add);
    return ModelRanking.of(networks, data, most, scores, context());
  }

  /** The model, ready to predict. The caller closes it, before this. */
  public Predictor predictor(TransferredModel model) {
    return new Predictor(model, backend);
  }

  /** What strategies are given: the open backend and what the application chose. */
  public TransferContext context() {
    return new TransferContext(
        backend,
        injector.getInstance(FeatureStore.class),
        injector.getInstance(Trainer.class),
        injector.getInstance(LoaderOptions.class),
        injector.getInstance(TrainingSettings.class),
        new Seed(0),
        Progress.SILENT,
        Cancellation.NEVER,
        Optional.empty());
  }

  TransferredModel fit(String strategy, Inductive problem, TransferContext context) {
    return injector
        .getInstance(Strategies.class)
        .get(strategy, Inductive.class)
        .fit(problem, context);
  }

  /** Closes the backend. Closing twice is allowed. */
  @Override
  public void close() {
    backend.close();
  }
}
