package dev.graft.model;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.data.DataException;
import dev.graft.data.Preprocessing;
import dev.graft.data.Preprocessings;
import dev.graft.data.Sample;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A frozen model of an engine's own format as the preparation of samples: what comes out are its
 * features, and the network that is transferred begins behind them. A bundle holds the model's file
 * beside the head, so that it is whole.
 *
 * <p>The model is opened when the first batch comes; {@link #close} frees it until the next one.
 */
public final class NativeFeatures implements Preprocessing, AutoCloseable {
  /** The {@link Preprocessing#type}. */
  public static final String TYPE = "native-features";

  /** The value that holds the features; a new head goes on it. */
  public static final String FEATURES = "extracted";

  private static final String INPUT = "native_features";

  private final NativeModel model;
  private final Preprocessing inner;
  private final Device device;
  private final BackendOptions options;
  private @Nullable FeatureExtractor extractor;

  /**
   * @param inner makes the model's only input
   * @param device where the model's engine runs it
   */
  public NativeFeatures(
      NativeModel model, Preprocessing inner, Device device, BackendOptions options) {
    this.model = model;
    this.inner = inner;
    this.device = device;
    this.options = options;
  }

  public NativeModel model() {
    return model;
  }

  /** What the model's own input expects. */
  public Preprocessing inner() {
    return inner;
  }

  /** A network that hands on the features of some samples' kind as they are. */
  public PretrainedModel network(Sample sample, Provenance provenance) {
    TensorType features = extractor(inner.apply(sample)).output();
    GraphBuilder g = new GraphBuilder();
    g.output(g.identity(g.input(INPUT, features), FEATURES));
    Graph graph = g.build();
    Provenance told =
        provenance.with(
            "features",
            model.name() + " (" + model.format().name() + ", digest " + model.digest() + ")");
    return new PretrainedModel(
        model.name(), new GraphModel(graph, ParameterStore.EMPTY), this, told);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("format", model.format().name());
    settings.put("file", model.name());
    settings.put("digest", model.digest());
    settings.put("of", List.of(Preprocessings.settings(inner)));
    return settings;
  }

  @Override
  public Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>(inner.files());
    files.put(model.name(), model.content());
    return files;
  }

  @Override
  public Map<String, HostTensor> apply(Sample sample) {
    return inner.apply(sample);
  }

  @Override
  public Map<String, HostTensor> batch(List<Map<String, HostTensor>> prepared) {
    FeatureExtractor open = extractor(prepared.get(0));
    String input = open.inputs().keySet().iterator().next();
    HostTensor examples = inner.batch(prepared).values().iterator().next();
    return Map.of(INPUT, open.run(Map.of(input, examples)));
  }

  private synchronized FeatureExtractor extractor(Map<String, HostTensor> prepared) {
    if (prepared.size() != 1) {
      throw new DataException(
          model.name()
              + " has one input, but its preprocessing makes "
              + prepared.keySet()
              + "; give one that makes one");
    }
    if (extractor == null) {
      Shape example = prepared.values().iterator().next().shape();
      extractor = model.open(example, device, options);
    }
    return extractor;
  }

  @Override
  public synchronized void close() {
    if (extractor != null) {
      extractor.close();
      extractor = null;
    }
  }
}
