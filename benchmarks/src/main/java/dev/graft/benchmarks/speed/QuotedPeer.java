package dev.graft.benchmarks.speed;

import java.util.List;

/**
 * Times of peers that were measured once, on another 2-core machine, for readers without Python.
 * They are never mixed with what a run measured.
 *
 * @param workload its key
 * @param peer library and mode
 * @param milliseconds of a training step, best of several, 2 threads
 */
record QuotedPeer(String workload, String peer, double milliseconds) {
  /** All there are. */
  static final List<QuotedPeer> ALL =
      List.of(
          new QuotedPeer("resnet20", "PyTorch eager", 125),
          new QuotedPeer("resnet20", "PyTorch channels_last", 108),
          new QuotedPeer("resnet20", "PyTorch bfloat16 autocast", 55),
          new QuotedPeer("resnet20", "Keras 3 on TensorFlow", 140),
          new QuotedPeer("mobilenetv2", "PyTorch eager", 128),
          new QuotedPeer("mobilenetv2", "PyTorch channels_last", 101),
          new QuotedPeer("mobilenetv2", "PyTorch bfloat16 autocast", 115),
          new QuotedPeer("mobilenetv2", "Keras 3 on TensorFlow", 159),
          new QuotedPeer("minilm", "PyTorch eager", 272),
          new QuotedPeer("minilm", "PyTorch bfloat16 autocast", 207));

  static List<QuotedPeer> of(String workload) {
    return ALL.stream().filter(q -> q.workload().equals(workload)).toList();
  }
}
