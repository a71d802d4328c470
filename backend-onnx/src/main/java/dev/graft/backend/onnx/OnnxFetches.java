package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import dev.graft.backend.Fetches;
import dev.graft.graph.Suggestions;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Outputs of a run in ONNX Runtime's memory. */
final class OnnxFetches implements Fetches {
  private final OnnxBackend backend;
  private final Map<String, Fetched> tensors;
  private boolean closed;

  OnnxFetches(OnnxBackend backend, Map<String, Fetched> tensors) {
    this.backend = backend;
    this.tensors = new LinkedHashMap<>(tensors);
    tensors.values().forEach(t -> t.owner = this);
    backend.opened(this);
  }

  /** One output. */
  static final class Fetched implements Tensor {
    private final String name;
    private final OnnxTensor tensor;
    private final TensorType type;
    private OnnxFetches owner;

    @SuppressWarnings("NullAway") // the owner is set by the fetches that take it
    Fetched(String name, OnnxTensor tensor, TensorType type) {
      this.name = name;
      this.tensor = tensor;
      this.type = type;
    }

    @Override
    public TensorType type() {
      return type;
    }

    @Override
    public HostTensor toHost() {
      synchronized (owner) {
        return Tensors.toHost(handle(), type);
      }
    }

    /** The native tensor, which these fetches go on owning. */
    OnnxTensor handle() {
      if (owner.closed) {
        throw new IllegalStateException(
            "output '" + name + "' is used after its Fetches were closed; copy it before");
      }
      return tensor;
    }

    void close() {
      tensor.close();
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public Tensor get(String name) {
    Fetched tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "the program has no output '"
              + name
              + "'. "
              + Suggestions.closest(name, tensors.keySet()));
    }
    tensor.handle();
    return tensor;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      tensors.values().forEach(Fetched::close);
    }
    backend.closed(this);
  }
}
