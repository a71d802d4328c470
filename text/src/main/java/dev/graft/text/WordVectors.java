package dev.graft.text;

import dev.graft.data.DataException;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Word vectors as a network: the features of a text are the mean of the vectors of its known words
 * (word2vec, Mikolov et al. 2013; GloVe, Pennington et al. 2014). The vectors are a parameter, so
 * that they can be fine-tuned.
 */
public final class WordVectors {
  private static final String PAD = "[PAD]";
  private static final String UNKNOWN = "[UNK]";

  /** The first two rows, of padding and unknown words, never count. */
  private static final int SPECIAL = 2;

  private static final int MOST_TOKENS = 256;

  private WordVectors() {}

  /**
   * Reads a text file with a word and its numbers per line, with or without word2vec's first line
   * of two counts, possibly compressed as {@code .gz}.
   *
   * @param mostWords how many are read; files have the frequent ones first
   * @throws DataException if a line is damaged
   */
  public static PretrainedModel read(Path file, int mostWords) throws IOException {
    List<String> words = new ArrayList<>(List.of(PAD, UNKNOWN));
    List<float[]> vectors = new ArrayList<>();
    try (BufferedReader reader = open(file)) {
      int number = 0;
      for (String line = reader.readLine();
          line != null && vectors.size() < mostWords;
          line = reader.readLine()) {
        number++;
        String[] cells = line.strip().split(" ", -1);
        if (number == 1 && cells.length == 2) {
          continue;
        }
        vectors.add(vector(file, number, cells, vectors));
        words.add(cells[0]);
      }
    }
    if (vectors.isEmpty()) {
      throw new DataException(file + " has no word vectors");
    }
    GraphModel model = network(vectors);
    String name = file.getFileName().toString();
    boolean lowerCase = words.stream().skip(SPECIAL).allMatch(w -> w.equals(lower(w)));
    TextPreprocessing preprocessing =
        TextPreprocessing.of(TokenizerFile.ofWords(words, lowerCase), model.graph())
            .withMaxLength(MOST_TOKENS);
    return new PretrainedModel(
        name, model, preprocessing, Provenance.of(name, model.parameters().fingerprint()));
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private static float[] vector(Path file, int number, String[] cells, List<float[]> before) {
    int width = before.isEmpty() ? cells.length - 1 : before.get(0).length;
    if (cells.length != width + 1 || width < 1) {
      throw new DataException(
          file + ", line " + number + " has no word with " + Math.max(width, 1) + " numbers");
    }
    float[] vector = new float[width];
    try {
      for (int i = 0; i < width; i++) {
        vector[i] = Float.parseFloat(cells[i + 1]);
      }
    } catch (NumberFormatException e) {
      throw new DataException(
          file + ", line " + number + " has something else than numbers: " + e.getMessage(), e);
    }
    return vector;
  }

  private static GraphModel network(List<float[]> vectors) {
    int width = vectors.get(0).length;
    float[] table = new float[(vectors.size() + SPECIAL) * width];
    for (int row = 0; row < vectors.size(); row++) {
      System.arraycopy(vectors.get(row), 0, table, (row + SPECIAL) * width, width);
    }
    HostTensor weights = HostTensor.of(table, vectors.size() + SPECIAL, width);
    GraphBuilder g = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.symbol("tokens")));
    Value ids = g.input("input_ids", new TensorType(DType.INT64, shape));
    Value embedding = g.parameter("embedding.weight", weights.type());
    Value rows = g.op("Gather", Attributes.of("axis", 0), embedding, ids);
    Value known = ids.greater(g.scalar(DType.INT64, SPECIAL - 1)).cast(DType.FLOAT32).unsqueeze(2);
    Value count = g.op("Max", known.sum(false, 1), g.scalar(DType.FLOAT32, 1));
    g.output(rows.mul(known).sum(false, 1).div(count), "features");
    return new GraphModel(g.build(), ParameterStore.of(Map.of("embedding.weight", weights)));
  }
}
