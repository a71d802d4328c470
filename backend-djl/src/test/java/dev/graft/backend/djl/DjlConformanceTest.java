package dev.graft.backend.djl;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.tensor.DType;
import dev.graft.testkit.BackendConformanceKit;
import dev.graft.testkit.Lacking;

class DjlConformanceTest extends BackendConformanceKit {
  @Override
  protected Backend open() {
    return new DjlBackendProvider().open(Device.CPU, new BackendOptions(1));
  }

  @Override
  protected Lacking lacking() {
    return Lacking.NOTHING
        .dtype(DType.UINT16, "PyTorch only stores it")
        .dtype(DType.UINT32, "PyTorch only stores it")
        .dtype(DType.UINT64, "PyTorch only stores it")
        .tolerate("node/test_training_dropout_*", "dropout in training draws at random")
        .tolerate(
            "node/test_attention_4d_causal_fp16", "one half float in 192 is rounded the other way");
  }
}
