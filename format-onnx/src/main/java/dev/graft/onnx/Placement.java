package dev.graft.onnx;

/** Where a state input of a graph goes in an ONNX model. */
public enum Placement {
  /** It stays an input, fed at every run. */
  INPUT,
  /** An initialiser with its elements in the model. */
  EMBEDDED,
  /**
   * An initialiser without elements, marked as external data: whoever loads the model hands them
   * over by name (ONNX Runtime's {@code addExternalInitializers}), so that sessions share them.
   */
  EXTERNAL
}
