package dev.graft.model;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Program;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphException;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link GraphModel} with one output as a feature extractor. It is compiled, with all parameters
 * as constants, when the first batch comes; features that a cache holds cost no compilation.
 */
public final class GraphFeatureExtractor implements FeatureExtractor {
  private final GraphModel model;
  private final Backend backend;
  private final String output;
  private final String fingerprint;
  private @Nullable Program program;
  private boolean closed;

  /**
   * @param model has a single output
   * @param backend runs it; the caller keeps and closes it
   */
  public GraphFeatureExtractor(GraphModel model, Backend backend) {
    Graph graph = model.graph();
    if (graph.outputs().size() != 1) {
      throw new GraphException(
          "a feature extractor has one output, but the graph has "
              + graph.outputs()
              + ". Cut it at the wanted one.");
    }
    this.model = model;
    this.backend = backend;
    this.output = graph.outputs().get(0);
    this.fingerprint = FeatureExtractor.fingerprint(model.fingerprint(), backend);
  }

  @Override
  public Map<String, TensorType> inputs() {
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    for (GraphInput input : model.graph().inputs(Role.BATCH)) {
      inputs.put(input.name(), input.type());
    }
    return inputs;
  }

  @Override
  public TensorType output() {
    return model.graph().type(output);
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public HostTensor run(Map<String, HostTensor> batch) {
    Map<String, HostTensor> results = program().runToHost(batch);
    HostTensor features = results.get(output);
    if (features == null) {
      throw new IllegalStateException("the program gave no '" + output + "'");
    }
    return features;
  }

  private synchronized Program program() {
    if (closed) {
      throw new IllegalStateException("this feature extractor is closed");
    }
    if (program == null) {
      program = backend.compile(model.graph(), model.parameters(), CompileOptions.INFERENCE);
    }
    return program;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (program != null) {
      program.close();
      program = null;
    }
  }
}
