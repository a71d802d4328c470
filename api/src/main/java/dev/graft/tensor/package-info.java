/** Element types, shapes with symbolic dimensions, and tensors on the host. */
@org.jspecify.annotations.NullMarked
package dev.graft.tensor;
