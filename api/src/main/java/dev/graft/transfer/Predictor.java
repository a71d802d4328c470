package dev.graft.transfer;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Program;
import dev.graft.data.PassageWindows;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.model.NativeFeatures;
import dev.graft.tensor.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A transferred model, compiled to predict: all parameters are constants of the program.
 * Thread-safe. Whoever opened it closes it.
 */
public final class Predictor implements AutoCloseable {
  private final Output output;
  private final String outputName;
  private final UnaryOperator<HostTensor> head;
  private final Preprocessing preprocessing;
  private final Set<String> inputs;
  private final Program program;

  /**
   * @param backend runs it; the caller keeps and closes it
   */
  public Predictor(TransferredModel model, Backend backend) {
    this.output = model.output();
    this.outputName = model.outputName();
    this.head = model.head().orElse(UnaryOperator.identity());
    this.preprocessing = model.preprocessing();
    this.inputs =
        model.model().graph().inputs(Role.BATCH).stream()
            .map(GraphInput::name)
            .collect(Collectors.toSet());
    this.program =
        backend.compile(
            model.model().graph(), model.model().parameters(), CompileOptions.INFERENCE);
  }

  /** The predictions for some examples, which are run as one batch. */
  public List<Prediction> predict(List<? extends Sample> samples) {
    if (samples.isEmpty()) {
      return List.of();
    }
    HostTensor scores = output instanceof Output.Span ? bestOfWindows(samples) : scores(samples);
    return IntStream.range(0, samples.size())
        .mapToObj(i -> output.prediction(scores, i, samples.get(i)))
        .toList();
  }

  private HostTensor scores(List<? extends Sample> samples) {
    Map<String, HostTensor> prepared = prepared(samples);
    return output.align(run(prepared), prepared);
  }

  private HostTensor bestOfWindows(List<? extends Sample> samples) {
    PassageWindows windows = new PassageWindows(samples, preprocessing);
    HostTensor scores = scores(windows.samples());
    int[] rows = IntStream.range(0, windows.samples().size()).toArray();
    return TokenDecoding.best(scores, rows, windows).values();
  }

  /** The prediction for one example. */
  public Prediction predict(Sample sample) {
    return predict(List.of(sample)).get(0);
  }

  /** The network's raw output for some examples, such as logits, to compare two models by. */
  public HostTensor raw(List<? extends Sample> samples) {
    return run(prepared(samples));
  }

  private Map<String, HostTensor> prepared(List<? extends Sample> samples) {
    return preprocessing.batch(
        samples.stream().<Map<String, HostTensor>>map(preprocessing::apply).toList());
  }

  private HostTensor run(Map<String, HostTensor> prepared) {
    // A preprocessing may make inputs that the network does not read.
    Map<String, HostTensor> feeds = new HashMap<>(prepared);
    feeds.keySet().retainAll(inputs);
    Map<String, HostTensor> outputs = program.runToHost(feeds);
    HostTensor logits = outputs.get(outputName);
    if (logits == null) {
      throw new IllegalStateException(
          "the model has no output '" + outputName + "'; there is " + outputs.keySet());
    }
    return head.apply(logits);
  }

  @Override
  public void close() {
    program.close();
    if (preprocessing instanceof NativeFeatures features) {
      features.close();
    }
  }
}
