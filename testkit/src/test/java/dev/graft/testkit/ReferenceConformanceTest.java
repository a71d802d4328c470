package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.testkit.reference.ReferenceBackendProvider;

/** The oracle as a backend keeps every promise, and agrees with what ONNX and PyTorch recorded. */
class ReferenceConformanceTest extends BackendConformanceKit {
  @Override
  protected Backend open() {
    return new ReferenceBackendProvider().open();
  }

  @Override
  protected Lacking lacking() {
    return Lacking.NOTHING.tolerate(
        "node/test_training_dropout_*", "dropout in training draws at random");
  }
}
