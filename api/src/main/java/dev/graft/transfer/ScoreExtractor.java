package dev.graft.transfer;

import dev.graft.backend.Backend;
import dev.graft.graph.edit.Cut;
import dev.graft.model.FeatureExtractor;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.GraphModel;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A transferred model's scores as features, so that they are computed in the same way. */
final class ScoreExtractor implements FeatureExtractor {
  private final GraphFeatureExtractor network;
  private final Output output;
  private final UnaryOperator<HostTensor> head;

  ScoreExtractor(TransferredModel model, Backend backend) {
    GraphModel whole = model.model();
    this.output = model.output();
    this.head = model.head().orElse(UnaryOperator.identity());
    this.network =
        new GraphFeatureExtractor(
            new GraphModel(Cut.at(whole.graph(), model.outputName()), whole.parameters()), backend);
  }

  /** The network's, and what the scores need to know of the tokens. */
  @Override
  public Map<String, TensorType> inputs() {
    Map<String, TensorType> inputs = new LinkedHashMap<>(network.inputs());
    Shape tokens = new Shape(List.of(Dim.symbol("batch"), Dim.symbol("tokens")));
    output.alignment().forEach(name -> inputs.put(name, new TensorType(DType.INT32, tokens)));
    return inputs;
  }

  @Override
  public TensorType output() {
    return network.output();
  }

  @Override
  public String fingerprint() {
    return network.fingerprint() + '/' + output;
  }

  @Override
  public HostTensor run(Map<String, HostTensor> batch) {
    Map<String, HostTensor> feeds = new HashMap<>(batch);
    feeds.keySet().retainAll(network.inputs().keySet());
    return output.align(head.apply(network.run(feeds)), batch);
  }

  @Override
  public void close() {
    network.close();
  }
}
