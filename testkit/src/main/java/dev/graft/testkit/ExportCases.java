package dev.graft.testkit;

import dev.graft.model.GraphModel;
import dev.graft.onnx.OnnxReader;
import dev.graft.onnx.OnnxWriter;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A model that is written to a file and read again computes the same, for every batch size. */
final class ExportCases {
  static final String GROUP = "export";

  private static final Seed SEED = new Seed(29);

  private ExportCases() {}

  static List<ConformanceCase> all() {
    return List.of(
        ConformanceCase.of(
            GROUP,
            "an MLP written and read again",
            s -> roundTrip(s, SmallModels.mlp(SEED, SmallModels.FEATURES))),
        ConformanceCase.of(
            GROUP, "a CNN written and read again", s -> roundTrip(s, SmallModels.cnn(SEED))));
  }

  private static void roundTrip(Subject s, GraphModel model) throws IOException {
    Path file = Files.createTempFile("graft-conformance", ".onnx");
    try {
      OnnxWriter.STANDARD.write(model, file);
      GraphModel again = OnnxReader.read(file);
      for (int size : new int[] {1, 4}) {
        Map<String, HostTensor> feeds = SmallModels.batch(model, SEED.derive("batch", size), size);
        HostTensor before = run(s, model, feeds);
        Tolerance.of(DType.FLOAT32).check("the output after export", before, run(s, again, feeds));
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static HostTensor run(Subject s, GraphModel model, Map<String, HostTensor> feeds) {
    return s.run(model.graph(), model.parameters(), feeds).get(SmallModels.OUTPUT);
  }
}
