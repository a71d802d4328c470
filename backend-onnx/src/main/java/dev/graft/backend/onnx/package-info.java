/**
 * The backend on ONNX Runtime: graphs become ONNX models, training steps included, that sessions
 * run on the CPU or, with the GPU artifact, through CUDA.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.backend.onnx;
