/** TensorFlow: graphs become TensorFlow graphs, run by sessions. */
@org.jspecify.annotations.NullMarked
package dev.graft.backend.tensorflow;
