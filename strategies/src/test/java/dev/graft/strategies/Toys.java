package dev.graft.strategies;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.LoaderOptions;
import dev.graft.data.PixelScaling;
import dev.graft.data.Sample;
import dev.graft.data.TensorPreprocessing;
import dev.graft.data.TensorSample;
import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.FeatureStore;
import java.util.List;
import java.util.stream.IntStream;

/** Small networks and data that are quick to train on the reference backend. */
public final class Toys {
  public static final String INPUT = "x";
  public static final int WIDTH = 4;

  private Toys() {}

  /** Two layers: {@code x -> hidden -> logits}, with parameters {@code w1, b1, w2, b2}. */
  public static GraphModel dense(int classes, Seed seed) {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input(INPUT, batchOf(WIDTH));
    Value hidden = layer(g, x, 8, "1");
    Value features = g.identity(g.op("Relu", hidden), "hidden");
    g.output(layer(g, features, classes, "2"), "scores");
    return initialised(g.build(), seed);
  }

  /** As {@link #dense}, with batch normalisation {@code scale, shift, mean, var} in between. */
  public static GraphModel normalised(int classes, Seed seed) {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input(INPUT, batchOf(WIDTH));
    TensorType perFeature = TensorType.of(DType.FLOAT32, 8);
    Value norm =
        g.op(
            "BatchNormalization",
            Attributes.NONE,
            layer(g, x, 8, "1"),
            g.parameter("scale", perFeature),
            g.parameter("shift", perFeature),
            g.parameter("mean", perFeature),
            g.parameter("var", perFeature));
    g.output(layer(g, g.op("Relu", norm), classes, "2"), "scores");
    return initialised(g.build(), seed);
  }

  private static Value layer(GraphBuilder g, Value x, int width, String number) {
    long in = x.shape().dim(1).size();
    Value w = g.parameter("w" + number, TensorType.of(DType.FLOAT32, width, in));
    Value b = g.parameter("b" + number, TensorType.of(DType.FLOAT32, width));
    return g.op("Gemm", Attributes.of("transB", 1), x, w, b);
  }

  private static TensorType batchOf(int width) {
    return new TensorType(DType.FLOAT32, new Shape(List.of(Dim.symbol("batch"), Dim.of(width))));
  }

  private static GraphModel initialised(Graph graph, Seed seed) {
    return new GraphModel(graph, Initialization.all(graph, seed));
  }

  /** Graft on the reference backend; the caller closes it. */
  public static Graft open(TrainingSettings settings) {
    return open(settings, FeatureStore.uncached(LoaderOptions.strict()));
  }

  public static Graft open(TrainingSettings settings, FeatureStore features) {
    return Graft.open(
        binder -> {
          binder.bind(BackendChoice.class).toInstance(BackendChoice.of("reference"));
          binder.bind(TrainingSettings.class).toInstance(settings);
          binder.bind(FeatureStore.class).toInstance(features);
        });
  }

  /** One of the networks as a pre-trained one. */
  public static PretrainedModel pretrained(GraphModel model) {
    return new PretrainedModel(
        "toy",
        model,
        new TensorPreprocessing(INPUT, List.of(WIDTH), PixelScaling.NONE),
        Provenance.of("toy", model.fingerprint()));
  }

  /** Clouds of points, one per class, around corners of a cube. */
  public static Labeled<ClassLabels> clouds(int classes, int perClass, double noise, Seed seed) {
    int n = classes * perClass;
    HostTensor rows =
        HostTensor.fromDoubles(
            TensorType.of(DType.FLOAT32, n, WIDTH),
            i -> {
              int label = i / WIDTH % classes;
              double corner = (label >> (i % WIDTH) & 1) == 0 ? -1 : 1;
              return corner + noise * seed.gaussian(i);
            });
    int[] labels = IntStream.range(0, n).map(i -> i % classes).toArray();
    List<String> names = IntStream.range(0, classes).mapToObj(c -> "class" + c).toList();
    return new Labeled<>(new Rows(rows), new ClassLabels(names, labels));
  }

  /** The rows of a tensor as a data set. */
  public record Rows(HostTensor values) implements Dataset {
    @Override
    public String name() {
      return "rows";
    }

    @Override
    public int size() {
      return (int) values.shape().sizes()[0];
    }

    @Override
    public Sample sample(int i) {
      return new TensorSample(row(i));
    }

    @Override
    public String id(int i) {
      return "row " + i;
    }

    @Override
    public String fingerprint() {
      return Integer.toString(values.hashCode());
    }

    @Override
    public String fingerprint(int i) {
      return Integer.toString(row(i).hashCode());
    }

    private HostTensor row(int i) {
      float[] row = new float[WIDTH];
      for (int j = 0; j < WIDTH; j++) {
        row[j] = (float) values.getDouble(i * WIDTH + j);
      }
      return HostTensor.of(row, WIDTH);
    }
  }

  /** Another data set in which one example cannot be read. */
  public record Damaged(Dataset base, int broken) implements Dataset {
    @Override
    public String name() {
      return base.name();
    }

    @Override
    public int size() {
      return base.size();
    }

    @Override
    public Sample sample(int i) {
      if (i == broken) {
        throw new DataException(id(i) + " is damaged");
      }
      return base.sample(i);
    }

    @Override
    public String id(int i) {
      return base.id(i);
    }

    @Override
    public String fingerprint() {
      return base.fingerprint() + broken;
    }

    @Override
    public String fingerprint(int i) {
      return base.fingerprint(i);
    }
  }

  /** Some samples as a data set. */
  public static Dataset examples(List<? extends Sample> samples) {
    return new Examples(List.copyOf(samples));
  }

  private record Examples(List<Sample> samples) implements Dataset {
    @Override
    public String name() {
      return "toys";
    }

    @Override
    public int size() {
      return samples.size();
    }

    @Override
    public Sample sample(int i) {
      return samples.get(i);
    }

    @Override
    public String id(int i) {
      return "toy " + i;
    }

    @Override
    public String fingerprint() {
      return samples.toString();
    }

    @Override
    public String fingerprint(int i) {
      return samples.get(i).toString();
    }
  }
}
