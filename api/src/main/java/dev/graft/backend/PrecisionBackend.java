package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import java.util.Map;
import java.util.Set;

/** Another backend, all of whose programs are compiled in one precision. */
public final class PrecisionBackend implements Backend {
  private final Backend backend;
  private final Precision precision;

  private PrecisionBackend(Backend backend, Precision precision) {
    this.backend = backend;
    this.precision = precision;
  }

  /**
   * The backend itself if it computes so anyway, else one that wraps and closes it.
   *
   * @throws BackendException if the backend does not offer the precision; it is closed then
   */
  public static Backend of(Backend backend, Precision precision) {
    if (precision == Precision.FLOAT32) {
      return backend;
    }
    Set<Precision> offered = backend.precisions();
    if (!offered.contains(precision)) {
      backend.close();
      throw new BackendException(
          "backend '"
              + backend.name()
              + "' offers the precisions "
              + offered
              + ", not "
              + precision
              + "; choose another backend or leave --precision out");
    }
    return new PrecisionBackend(backend, precision);
  }

  @Override
  public Program compile(Graph graph, ParameterStore store, CompileOptions options) {
    return backend.compile(graph, store, new CompileOptions(options.state(), precision));
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public Device device() {
    return backend.device();
  }

  @Override
  public Map<String, String> versions() {
    return backend.versions();
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(precision);
  }

  @Override
  public Support supports(NodeSignature node) {
    return backend.supports(node);
  }

  @Override
  public State newState(ParameterStore values) {
    return backend.newState(values);
  }

  @Override
  public void close() {
    backend.close();
  }
}
