package dev.graft.graph.edit;

import dev.graft.tensor.TensorType;
import java.util.List;

/**
 * A parameter of a network, as freeze patterns and learning-rate groups see it.
 *
 * @param name the state input, which is the key in the parameter store
 * @param path the logical name: a dotted path such as {@code
 *     encoder.layer.0.attention.query.weight}, taken from the name if it is one, else from the
 *     scope of the node that reads it
 * @param kind what it does
 * @param depth the number of the layer that reads it first, counted from the data; parameters of
 *     one layer share it
 * @param readers the names of the nodes that read it, more than one if it is tied
 * @param type element type and shape
 */
public record Parameter(
    String name, String path, Kind kind, int depth, List<String> readers, TensorType type) {
  /** What a parameter does in its operator. */
  public enum Kind {
    /** The kernel of a convolution or the matrix of a product. */
    WEIGHT,
    /** A table that indices choose rows from. */
    EMBEDDING,
    /** The weights of a recurrent operator. */
    RECURRENT,
    /** Something added. */
    BIAS,
    /** The factor of a normalization. */
    NORM_SCALE,
    /** The offset of a normalization. */
    NORM_BIAS,
    /** Running mean or variance: moved by training, never by a gradient. */
    BUFFER,
    /** Anything else: class tokens, layer scales, slopes. */
    OTHER
  }

  /** Whether a gradient may change it. */
  public boolean isTrainable() {
    return kind != Kind.BUFFER;
  }

  /** Whether weight decay applies: to weights and tables, not to biases and norms. */
  public boolean isDecayed() {
    return kind == Kind.WEIGHT || kind == Kind.EMBEDDING || kind == Kind.RECURRENT;
  }

  /** Whether several places of the network share it. */
  public boolean isTied() {
    return readers.size() > 1;
  }
}
