package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import java.util.Map;
import java.util.Set;

/**
 * An engine, opened on one device: a compiler from {@link Graph} to {@link Program}.
 *
 * <p>Thread-safe: programs may be compiled and run from several threads. Closing it closes what it
 * handed out; closing twice is allowed, using it afterwards is an {@link IllegalStateException}.
 */
public interface Backend extends AutoCloseable {
  String name();

  Device device();

  /** Engine and native library versions, by name. */
  Map<String, String> versions();

  /** The arithmetic this backend offers. */
  default Set<Precision> precisions() {
    return Set.of(Precision.FLOAT32);
  }

  /**
   * Whether this backend runs a node itself. What it refuses is replaced by the operator's
   * decomposition where it has one (see {@link Lowering}).
   */
  Support supports(NodeSignature node);

  /**
   * Compiles a graph. Symbolic dimensions are fine: the program accepts every size that fits.
   *
   * @param store values of the state inputs that are compiled in; others may be absent
   * @throws UnsupportedGraphException naming every node that cannot be run
   */
  Program compile(Graph graph, ParameterStore store, CompileOptions options);

  /**
   * Copies the named tensors to the device, as the slots that training programs move on. Several
   * programs of this backend may share one state. The caller closes it.
   */
  State newState(ParameterStore values);

  @Override
  void close();
}
