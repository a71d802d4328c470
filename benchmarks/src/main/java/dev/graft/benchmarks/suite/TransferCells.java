package dev.graft.benchmarks.suite;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.PrecisionBackend;
import dev.graft.data.ClassLabels;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.LoaderOptions;
import dev.graft.data.Preprocessing;
import dev.graft.eval.Evaluation;
import dev.graft.eval.Evaluators;
import dev.graft.model.FeatureExtractor;
import dev.graft.model.PretrainedModel;
import dev.graft.random.Seed;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import dev.graft.train.Trainer;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.FeatureTable;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Inference;
import dev.graft.transfer.Strategies;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferContext;
import dev.graft.transfer.TransferredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the cells of a transfer suite: draws the labelled examples, lets the strategy fit, and
 * measures on the test part. Backends are opened and networks loaded when a cell first needs them,
 * and shared by all cells. Thread-safe.
 */
public final class TransferCells implements CellRunner, AutoCloseable {
  private final Map<String, Task> tasks;
  private final Map<String, ModelSource> models;
  private final ArmRule arms;
  private final Services services;
  private final Map<String, Backend> open = new ConcurrentHashMap<>();
  private final Map<String, FutureTask<PretrainedModel>> loaded = new ConcurrentHashMap<>();

  /**
   * What cells are run with.
   *
   * @param threads compute threads of one cell; 0 for all processors
   */
  public record Services(
      Backends backends,
      Strategies strategies,
      Evaluators evaluators,
      Trainer trainer,
      FeatureStore features,
      int threads) {}

  public TransferCells(
      Map<String, Task> tasks, Map<String, ModelSource> models, ArmRule arms, Services services) {
    this.tasks = Map.copyOf(tasks);
    this.models = Map.copyOf(models);
    this.arms = arms;
    this.services = services;
  }

  @Override
  public Outcome run(Cell cell, Cancellation cancellation) throws Exception {
    Backend backend = backend(cell);
    PretrainedModel model = model(cell, backend);
    Task task = tasks.get(cell.data());
    if (task == null) {
      throw new IllegalStateException("the suite has no data '" + cell.data() + "'");
    }
    Seed seed = new Seed(cell.seed());
    Labeled<ClassLabels> train = task.labelled(cell.labelsPerClass(), cell.seed());
    PhaseClock clock = new PhaseClock();
    TrainingCourse course = new TrainingCourse();
    ObservedStore features = new ObservedStore(services.features());
    TransferContext context =
        TransferContext.of(
                backend,
                features,
                services.trainer(),
                arms.settings(cell.strategy(), train.size()),
                seed.derive("fit"))
            .with(
                event -> {
                  clock.report(event);
                  course.report(event);
                })
            .with(cancellation)
            .with(LoaderOptions.strict().withThreads(loadingThreads()));
    TransferredModel fitted =
        services
            .strategies()
            .get(arms.strategy(cell.strategy()), Inductive.class)
            .fit(problem(cell, model, train), context);
    clock.lap("other");
    if (cancellation.isRequested()) {
      throw new CancellationException();
    }
    Outcome.Cache cache = features.state();
    Evaluation evaluation =
        Inference.evaluate(fitted, task.test(), services.evaluators(), context.with(event -> {}));
    clock.lap("evaluation");
    return Outcome.done(
        evaluation,
        clock.seconds(),
        course.points(),
        backend.versions(),
        cache,
        notes(fitted.summary()));
  }

  private static List<String> notes(Summary summary) {
    List<String> notes = new ArrayList<>(summary.notes());
    notes.add(
        String.format(
            Locale.ROOT,
            "%,d of %,d parameters were trained",
            summary.trainable(),
            summary.parameters()));
    return notes;
  }

  private Inductive problem(Cell cell, PretrainedModel model, Labeled<ClassLabels> train) {
    Inductive problem = Inductive.of(model, train);
    return arms.cut(cell.strategy()).or(source(cell)::cut).map(problem::cutAt).orElse(problem);
  }

  private int loadingThreads() {
    return services.threads() == 0
        ? Runtime.getRuntime().availableProcessors()
        : services.threads();
  }

  private Backend backend(Cell cell) {
    Place place = Place.parse(cell.device());
    return open.computeIfAbsent(
        cell.backend() + " " + place,
        key ->
            PrecisionBackend.of(
                services
                    .backends()
                    .get(cell.backend())
                    .open(place.device(), new BackendOptions(services.threads())),
                place.precision()));
  }

  /** A network is loaded once; if that fails, all cells that need it fail for the same reason. */
  private PretrainedModel model(Cell cell, Backend backend) throws Exception {
    FutureTask<PretrainedModel> loading =
        loaded.computeIfAbsent(
            String.join(
                " ",
                arms.network(cell.strategy()).isPresent() ? cell.strategy() : cell.model(),
                cell.backend(),
                cell.device()),
            key -> new FutureTask<>(() -> source(cell).load(backend)));
    loading.run();
    try {
      return loading.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private ModelSource source(Cell cell) {
    return arms.network(cell.strategy())
        .or(() -> Optional.ofNullable(models.get(cell.model())))
        .orElseThrow(
            () -> new IllegalStateException("the suite has no model '" + cell.model() + "'"));
  }

  @Override
  public void close() {
    open.values().forEach(Backend::close);
    open.clear();
  }

  /** A store that remembers whether what it gave was computed or kept. */
  private static final class ObservedStore implements FeatureStore {
    private final FeatureStore store;
    private final AtomicBoolean computed = new AtomicBoolean();
    private final AtomicBoolean kept = new AtomicBoolean();

    ObservedStore(FeatureStore store) {
      this.store = store;
    }

    @Override
    public FeatureTable features(
        FeatureExtractor extractor,
        Preprocessing preprocessing,
        Dataset data,
        Progress progress,
        Cancellation cancellation) {
      FeatureTable table = store.features(extractor, preprocessing, data, progress, cancellation);
      (table.cached() ? kept : computed).set(true);
      return table;
    }

    Outcome.Cache state() {
      return computed.get()
          ? Outcome.Cache.COLD
          : kept.get() ? Outcome.Cache.WARM : Outcome.Cache.NONE;
    }
  }
}
