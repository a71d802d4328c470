package dev.graft.benchmarks.speed;

import dev.graft.backend.Precision;
import java.nio.file.Path;
import java.util.List;

/** Other libraries, in Python, measured by the scripts of {@code benchmarks/peers}. */
enum Peer {
  PYTORCH("PyTorch", "peer_pytorch.py", "contiguous", Precision.FLOAT32),
  PYTORCH_CHANNELS_LAST(
      "PyTorch channels_last", "peer_pytorch.py", "channels_last", Precision.FLOAT32),
  PYTORCH_BF16("PyTorch autocast", "peer_pytorch.py", "bfloat16", Precision.BFLOAT16),
  KERAS("Keras on TensorFlow", "peer_keras.py", "float32", Precision.FLOAT32),
  ONNXRUNTIME("onnxruntime", "peer_onnxruntime.py", "float32", Precision.FLOAT32);

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

  /**
   * The command line, to which the workload and the number of threads are added.
   *
   * @param models the folder with the workloads as ONNX files
   */
  List<String> command(String python, Path scripts, Path models) {
    return List.of(python, scripts.resolve(script).toString(), mode, models.toString());
  }
}
