package dev.graft.benchmarks.suite;

import dev.graft.backend.Backend;
import dev.graft.benchmarks.suite.SuiteFile.Network;
import dev.graft.data.Preprocessings;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormats;
import dev.graft.model.NamedModels;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A network that a suite file describes. */
record SuiteModel(SuiteFile.Model model) implements ModelSource {
  @Override
  public PretrainedModel load(Backend backend) throws IOException {
    return read();
  }

  PretrainedModel read() throws IOException {
    if (model.network() instanceof Network.OfFile file) {
      return read(file);
    }
    Network.Named named = (Network.Named) model.network();
    PretrainedModel found = NamedModels.discover().get(named.name()).load();
    return new PretrainedModel(
        model.name(), found.model(), found.preprocessing(), found.provenance());
  }

  private PretrainedModel read(Network.OfFile network) throws IOException {
    GraphModel graph = ModelFormats.discover().read(network.file());
    Map<String, Object> preprocessing = new HashMap<>(network.preprocessing());
    List<GraphInput> inputs = graph.graph().inputs(Role.BATCH);
    if (inputs.size() == 1) {
      preprocessing.putIfAbsent("input", inputs.get(0).name());
    }
    Provenance provenance =
        new Provenance(
            network.file().getFileName().toString(),
            graph.parameters().fingerprint(),
            network.trainedOn(),
            network.trainedClasses(),
            Map.of());
    return new PretrainedModel(
        model.name(),
        graph,
        Preprocessings.read(
            network.preprocessingType(), preprocessing, network.file().resolveSibling("")),
        provenance);
  }

  @Override
  public Optional<String> cut() {
    return model.cut();
  }

  /** The classes that it was pre-trained on, as far as the suite file says. */
  static List<String> trainedClasses(SuiteFile.Model model) {
    return model.network() instanceof Network.OfFile file ? file.trainedClasses() : List.of();
  }
}
