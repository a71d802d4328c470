/** PyTorch as a backend, reached through DJL: a graph becomes a TorchScript program. */
@org.jspecify.annotations.NullMarked
package dev.graft.backend.djl;
