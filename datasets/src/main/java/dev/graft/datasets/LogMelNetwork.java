package dev.graft.datasets;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.model.NamedModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.List;

/**
 * A small convolutional network for recordings, to be trained from scratch where a pre-trained one
 * would be too large for the data: four 3x3 convolutions on log-mel spectrograms, each normalised
 * and half as wide as the one before, and their mean over time and pitch; 97,000 parameters. It
 * knows nothing yet.
 */
public final class LogMelNetwork implements NamedModel {
  private static final int[] CHANNELS = {16, 32, 64, 128};
  private static final Attributes HALVING =
      Attributes.of("strides", List.of(2L, 2L), "pads", List.of(1L, 1L, 1L, 1L));

  @Override
  public String name() {
    return "log-mel-cnn";
  }

  @Override
  public String description() {
    return "four convolutions on log-mel spectrograms, untrained: for from-scratch";
  }

  @Override
  public PretrainedModel load() {
    LogMelPreprocessing front = LogMelPreprocessing.yamnet();
    Graph graph = graph(front);
    GraphModel fresh = new GraphModel(graph, Initialization.all(graph, new Seed(0)));
    return new PretrainedModel(
        name(), fresh, front, Provenance.of(name(), fresh.parameters().fingerprint()));
  }

  private static Graph graph(LogMelPreprocessing front) {
    GraphBuilder g = new GraphBuilder();
    Shape shape =
        new Shape(
            List.of(Dim.symbol("batch"), Dim.of(1), Dim.of(front.frames()), Dim.of(front.bands())));
    Value x = g.input(front.input(), new TensorType(DType.FLOAT32, shape));
    x = normalised(g, x, "input", 1); // of the order of 1, however loud a recording is
    int in = 1;
    for (int block = 0; block < CHANNELS.length; block++) {
      String name = "block" + (block + 1);
      int out = CHANNELS[block];
      Value w = g.parameter(name + ".weight", TensorType.of(DType.FLOAT32, out, in, 3, 3));
      x = normalised(g, g.op("Conv", HALVING, x, w), name, out).op("Relu");
      in = out;
    }
    x = g.op("Flatten", Attributes.of("axis", 1), x.op("GlobalAveragePool"));
    g.output(x, "features");
    return g.build();
  }

  private static Value normalised(GraphBuilder g, Value x, String name, int channels) {
    TensorType each = TensorType.of(DType.FLOAT32, channels);
    return g.op(
        "BatchNormalization",
        Attributes.NONE,
        x,
        g.parameter(name + ".norm.scale", each),
        g.parameter(name + ".norm.bias", each),
        g.parameter(name + ".norm.mean", each),
        g.parameter(name + ".norm.var", each));
  }
}
