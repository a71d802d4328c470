package dev.graft.integration.documentation;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.data.ClassLabels;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Labeled;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.model.PretrainedModel;
import dev.graft.strategies.Graft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The variables that examples of the documentation use and do not declare. */
public final class Given {
  public static final Graft graft = Graft.open();
  public static final PretrainedModel network;
  public static final Labeled<ClassLabels> train;
  public static final Path file = Path.of("intents.tsv");
  public static final int width = 32;
  public static final int height = 24;
  public static final byte[] rgbBytes = new byte[width * height * 3];

  public static final Backend backend = graft.backend();
  public static final Graph graph;
  public static final ParameterStore store;
  public static final CompileOptions options = CompileOptions.INFERENCE;

  static {
    try {
      network = graft.load(Path.of("mobilenet.onnx"), ImagePreprocessing.imagenet(224));
      train = Datasets.open(Path.of("photos/train"), DataOptions.DEFAULTS).data();
      graph = network.model().graph();
      store = network.model().parameters();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Given() {}
}
