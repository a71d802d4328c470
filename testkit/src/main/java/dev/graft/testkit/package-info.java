/**
 * The conformance kit for backends: cases as data, a runner in plain Java, and a JUnit 5 base class
 * around it.
 *
 * <p>Every case compares a backend with the oracle of {@link dev.graft.testkit.reference}, or with
 * what ONNX and PyTorch recorded. Nothing outside {@link dev.graft.testkit.BackendConformanceKit}
 * needs JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.testkit;
