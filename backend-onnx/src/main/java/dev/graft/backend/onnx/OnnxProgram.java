package dev.graft.backend.onnx;

import ai.onnxruntime.OnnxTensor;
import dev.graft.backend.EngineCalls;
import dev.graft.backend.EngineFetches;
import dev.graft.backend.EngineState;
import dev.graft.backend.Feeds;
import dev.graft.backend.Fetches;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A compiled graph. Runs hold a read lock, so that closing waits for them. */
final class OnnxProgram implements Program {
  private final OnnxBackend backend;
  private final Graph graph;
  private final Compiled compiled;
  private final List<GraphInput> stateInputs;
  private final Runnable release;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * @param graph as it was given
   * @param stateInputs the inputs that come from a state
   * @param release what to do when this is closed
   */
  OnnxProgram(
      OnnxBackend backend,
      Graph graph,
      Compiled compiled,
      List<GraphInput> stateInputs,
      Runnable release) {
    this.backend = backend;
    this.graph = graph;
    this.compiled = compiled;
    this.stateInputs = List.copyOf(stateInputs);
    this.release = release;
    backend.opened(this);
  }

  @Override
  public Graph graph() {
    return graph;
  }

  @Override
  public Fetches run(Map<String, ? extends Tensor> given) {
    return run(EngineState.none(backend.memory()), given);
  }

  @Override
  public Fetches run(State state, Map<String, ? extends Tensor> given) {
    return EngineCalls.call(() -> execute(EngineState.in(backend.memory(), state), given, false));
  }

  @Override
  public Fetches step(State state, Map<String, ? extends Tensor> given) {
    return EngineCalls.call(() -> execute(EngineState.in(backend.memory(), state), given, true));
  }

  private Fetches execute(
      EngineState<OnnxTensor> state, Map<String, ? extends Tensor> given, boolean step) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the program is closed");
      }
      Feeds.check(graph, given);
      try (NativeFeeds natives = NativeFeeds.of(backend.memory(), given)) {
        synchronized (state) {
          Map<String, OnnxTensor> inputs = new LinkedHashMap<>(natives.tensors());
          stateInputs.forEach(input -> inputs.put(input.name(), state.get(input)));
          Map<String, OnnxTensor> results = compiled.run(inputs, step);
          if (step) {
            Map<String, OnnxTensor> updated = new LinkedHashMap<>();
            compiled
                .ports()
                .updates()
                .forEach((name, value) -> updated.put(name, results.get(value)));
            state.replace(updated);
          }
          return outputs(results);
        }
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private Fetches outputs(Map<String, OnnxTensor> results) {
    EngineFetches<OnnxTensor> outputs = new EngineFetches<>(backend.memory());
    compiled
        .ports()
        .outputs()
        .forEach(
            (name, value) -> {
              OnnxTensor tensor = results.get(value);
              outputs.add(name, tensor, Tensors.type(tensor, graph.type(name).dtype()));
            });
    return backend.opened(outputs);
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      lock.writeLock().unlock();
    }
    release.run();
    backend.closed(this);
  }

  /** The inputs of a graph that come from a state. */
  static List<GraphInput> stateInputs(Graph graph, Set<String> state) {
    List<GraphInput> inputs = new ArrayList<>();
    for (GraphInput input : graph.inputs(Role.STATE)) {
      if (state.contains(input.name())) {
        inputs.add(input);
      }
    }
    return inputs;
  }
}
