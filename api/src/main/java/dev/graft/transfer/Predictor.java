package dev.graft.transfer;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Program;
import dev.graft.data.Preprocessing;
import dev.graft.data.Sample;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A transferred model, compiled to predict: all parameters are constants of the program.
 * Thread-safe. Whoever opened it closes it.
 */
public final class Predictor implements AutoCloseable {
  private final List<String> classes;
  private final Preprocessing preprocessing;
  private final Program program;

  /**
   * @param backend runs it; the caller keeps and closes it
   */
  public Predictor(TransferredModel model, Backend backend) {
    this.classes = model.classes();
    this.preprocessing = model.preprocessing();
    this.program =
        backend.compile(
            model.model().graph(), model.model().parameters(), CompileOptions.INFERENCE);
  }

  /** The predictions for some examples, which are run as one batch. */
  public List<Prediction> predict(List<? extends Sample> samples) {
    if (samples.isEmpty()) {
      return List.of();
    }
    double[] logits = logits(samples).toDoubles();
    int k = classes.size();
    return IntStream.range(0, samples.size())
        .mapToObj(
            i -> Prediction.of(classes, java.util.Arrays.copyOfRange(logits, i * k, (i + 1) * k)))
        .toList();
  }

  /** The prediction for one example. */
  public Prediction predict(Sample sample) {
    return predict(List.of(sample)).get(0);
  }

  private HostTensor logits(List<? extends Sample> samples) {
    Map<String, HostTensor> inputs =
        preprocessing.batch(
            samples.stream().<Map<String, HostTensor>>map(preprocessing::apply).toList());
    Map<String, HostTensor> outputs = program.runToHost(inputs);
    HostTensor logits = outputs.get(TransferredModel.LOGITS);
    if (logits == null) {
      throw new IllegalStateException(
          "the model has no output '"
              + TransferredModel.LOGITS
              + "'; there is "
              + outputs.keySet());
    }
    return logits;
  }

  @Override
  public void close() {
    program.close();
  }
}
