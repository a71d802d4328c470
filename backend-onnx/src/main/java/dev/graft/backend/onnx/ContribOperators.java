package dev.graft.backend.onnx;

/** Operators that ONNX Runtime has beyond ONNX's own. */
final class ContribOperators {
  static final String MICROSOFT = "com.microsoft";
  static final String NCHWC = "com.microsoft.nchwc";

  private ContribOperators() {}
}
