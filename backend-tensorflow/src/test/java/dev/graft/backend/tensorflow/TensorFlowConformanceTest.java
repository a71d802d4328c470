package dev.graft.backend.tensorflow;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.testkit.BackendConformanceKit;
import dev.graft.testkit.Lacking;

class TensorFlowConformanceTest extends BackendConformanceKit {
  @Override
  protected Backend open() {
    return new TensorFlowBackendProvider().open(Device.CPU, new BackendOptions(1));
  }

  @Override
  protected Lacking lacking() {
    return Lacking.NOTHING
        .tolerate(
            "node/test_attention_4d_causal_fp16",
            "each step of the decomposition rounds to 16 bits")
        .tolerate("node/test_training_dropout_*", "dropout in training draws at random");
  }
}
