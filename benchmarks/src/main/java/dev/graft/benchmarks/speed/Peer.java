package dev.graft.benchmarks.speed;

import dev.graft.backend.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Other libraries, in Python, measured by the scripts of {@code benchmarks/peers}. */
enum Peer {
  PYTORCH("PyTorch", "peer_pytorch.py", "contiguous", Precision.FLOAT32),
  PYTORCH_CHANNELS_LAST(
      "PyTorch channels_last", "peer_pytorch.py", "channels_last", Precision.FLOAT32),
  PYTORCH_BF16("PyTorch autocast", "peer_pytorch.py", "bfloat16", Precision.BFLOAT16),
  KERAS("Keras on TensorFlow", "peer_keras.py", "float32", Precision.FLOAT32),
  ONNXRUNTIME("onnxruntime", "peer_onnxruntime.py", "float32", Precision.FLOAT32);

  private static final String PROTOCOL = "protocol.py";

  private final String title;
  private final String script;
  private final String mode;
  private final Precision precision;

  Peer(String title, String script, String mode, Precision precision) {
    this.title = title;
    this.script = script;
    this.mode = mode;
    this.precision = precision;
  }

  String title() {
    return title;
  }

  Precision precision() {
    return precision;
  }

  /** What this peer can do with a workload: onnxruntime cannot train, channels are of images. */
  Set<Measure> measures(Workload workload) {
    boolean images = workload == Workload.RESNET20 || workload == Workload.MOBILENETV2;
    return switch (this) {
      case ONNXRUNTIME -> EnumSet.of(Measure.INFERENCE_1, Measure.INFERENCE_32);
      case PYTORCH_CHANNELS_LAST ->
          images ? EnumSet.allOf(Measure.class) : EnumSet.noneOf(Measure.class);
      case PYTORCH, PYTORCH_BF16, KERAS -> EnumSet.allOf(Measure.class);
    };
  }

  /**
   * The command line, to which the workload and the number of threads are added.
   *
   * @param models the folder with the workloads as ONNX files
   */
  List<String> command(String python, Path scripts, Path models) {
    return List.of(python, scripts.resolve(script).toString(), mode, models.toString());
  }

  /** Unpacks the scripts of all peers into a folder. */
  static void unpack(Path folder) throws IOException {
    unpack(
        folder, Arrays.stream(values()).map(peer -> peer.script).distinct().toArray(String[]::new));
  }

  /** Unpacks some scripts, and the protocol that they speak. */
  static void unpack(Path folder, String... scripts) throws IOException {
    Files.createDirectories(folder);
    Set<String> names = new TreeSet<>(List.of(scripts));
    names.add(PROTOCOL);
    for (String name : names) {
      try (InputStream in = Peer.class.getResourceAsStream("peers/" + name)) {
        if (in == null) {
          throw new IllegalStateException("the benchmarks' jar lacks its resource peers/" + name);
        }
        Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
