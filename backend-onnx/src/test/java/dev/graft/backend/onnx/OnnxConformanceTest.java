package dev.graft.backend.onnx;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Device;
import dev.graft.testkit.BackendConformanceKit;
import dev.graft.testkit.Lacking;

/** The promises of every backend, kept on ONNX Runtime. */
class OnnxConformanceTest extends BackendConformanceKit {
  @Override
  protected Backend open() {
    return new OnnxBackendProvider().open(Device.CPU, new BackendOptions(2));
  }

  @Override
  protected Lacking lacking() {
    return Lacking.NOTHING
        .tolerate("node/test_training_dropout_*", "dropout in training draws at random")
        .tolerate("node/test_range_float16_*", "ONNX Runtime's Range has no half precision");
  }
}
