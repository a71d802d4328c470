package dev.graft.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.data.DataException;
import dev.graft.data.TextSample;
import dev.graft.model.GraphFeatureExtractor;
import dev.graft.model.PretrainedModel;
import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordVectorsTest {
  @TempDir Path folder;

  private PretrainedModel read(String content) {
    try {
      return WordVectors.read(Files.writeString(folder.resolve("v.vec"), content), 1000);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] features(PretrainedModel model, String... texts) {
    Map<String, HostTensor> batch =
        model
            .preprocessing()
            .batch(
                Stream.of(texts).map(t -> model.preprocessing().apply(TextSample.of(t))).toList());
    try (var backend =
            Backends.discover().get("reference").open(Device.CPU, BackendOptions.DEFAULT);
        var extractor = new GraphFeatureExtractor(model.model(), backend)) {
      return extractor.run(batch).toFloats();
    }
  }

  @Test
  void aTextIsTheMeanOfItsKnownWordsWhateverStandsBesideIt() {
    PretrainedModel model = read("3 2\ngood 1 2\nbad -1 4\nday 3 0\n");
    assertArrayEquals(new float[] {2, 1}, features(model, "Good day!"), 1e-6f);
    assertArrayEquals(
        new float[] {2, 1, -1, 4, 0, 0},
        features(model, "Good zzz day", "bad", "nothing known of all these many words here"),
        1e-6f);
  }

  @Test
  void theFirstLineOfCountsMayBeMissing() {
    assertArrayEquals(new float[] {1, 2}, features(read("good 1 2\nbad -1 4\n"), "good"), 1e-6f);
  }

  @Test
  void aDamagedLineIsNamed() {
    for (String content : new String[] {"good 1 2\nbad 1\n", "good 1 2\nbad 1 x\n"}) {
      DataException e = assertThrows(DataException.class, () -> read(content));
      assertTrue(e.getMessage().contains("line 2"), e.getMessage());
    }
    assertThrows(DataException.class, () -> read(""));
  }
}
