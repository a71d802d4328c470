/** Reads and writes ONNX files, tensor files and model bundles. */
@org.jspecify.annotations.NullMarked
package dev.graft.onnx;
