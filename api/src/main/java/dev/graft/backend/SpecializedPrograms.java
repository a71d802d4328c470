package dev.graft.backend;

import dev.graft.graph.Graph;
import dev.graft.graph.GraphInput;
import dev.graft.graph.Role;
import dev.graft.graph.Specialization;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Tensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * For a backend whose programs have fixed sizes: one engine program per combination of feed shapes
 * that occurs, the least recently used ones closed beyond a bound. Thread-safe.
 *
 * <p>Integer inputs that decide about shapes (the target of a {@code Reshape}, say) are bound to
 * their values as well, so that every program that is compiled has only fixed shapes, save those
 * that depend on data.
 *
 * @param <P> the engine's program; closed by this object
 */
public final class SpecializedPrograms<P extends AutoCloseable> implements AutoCloseable {
  private final Graph graph;
  private final int capacity;
  private final Function<Graph, P> compiler;
  private final Set<String> structural;
  private final LinkedHashMap<Key, Entry<P>> entries = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  private record Key(Map<String, TensorType> types, Map<String, HostTensor> values) {}

  private static final class Entry<P> {
    final P program;
    int users;

    Entry(P program) {
      this.program = program;
    }
  }

  /**
   * @param graph the graph with its symbolic dimensions
   * @param capacity how many programs to keep
   * @param compiler makes a program from a graph with fixed shapes
   */
  public SpecializedPrograms(Graph graph, int capacity, Function<Graph, P> compiler) {
    this.graph = graph;
    this.capacity = capacity;
    this.compiler = compiler;
    this.structural = ShapeInputs.of(graph);
  }

  /** Whether a graph needs no specialisation: all its inputs have fixed sizes, and decide none. */
  public static boolean isFixed(Graph graph) {
    return graph.inputs().stream().allMatch(i -> i.type().shape().isStatic())
        && ShapeInputs.of(graph).isEmpty();
  }

  /** Runs {@code body} with the program for these feeds, which is compiled if it is new. */
  public <R> R use(Map<String, ? extends Tensor> feeds, Function<P, R> body) {
    return EngineCalls.call(
        () -> {
          Entry<P> entry = acquire(key(feeds));
          try {
            return body.apply(entry.program);
          } finally {
            release(entry);
          }
        });
  }

  private Key key(Map<String, ? extends Tensor> feeds) {
    Map<String, TensorType> types = new HashMap<>();
    Map<String, HostTensor> values = new HashMap<>();
    for (GraphInput input : graph.inputs()) {
      Tensor feed = feeds.get(input.name());
      if (input.role() == Role.STATE || feed == null) {
        continue;
      }
      types.put(input.name(), feed.type());
      if (structural.contains(input.name())) {
        values.put(input.name(), feed.toHost());
      }
    }
    return new Key(types, values);
  }

  private synchronized Entry<P> acquire(Key key) {
    if (closed) {
      throw new IllegalStateException("the program is closed");
    }
    Entry<P> entry = entries.get(key);
    if (entry == null) {
      entry = new Entry<>(compiler.apply(Specialization.ofInputs(graph, key.types, key.values)));
      entries.put(key, entry);
      evict();
    }
    entry.users++;
    return entry;
  }

  private synchronized void release(Entry<P> entry) {
    entry.users--;
    evict();
    if (closed && entry.users == 0) {
      close(List.of(entry));
    }
  }

  /** Closes the oldest programs that nobody runs until the bound holds. */
  private void evict() {
    List<Entry<P>> dropped = new ArrayList<>();
    Iterator<Entry<P>> oldest = entries.values().iterator();
    while (entries.size() > capacity && oldest.hasNext()) {
      Entry<P> entry = oldest.next();
      // The newest has no user yet while it is being handed out.
      if (entry.users == 0 && oldest.hasNext()) {
        dropped.add(entry);
        oldest.remove();
      }
    }
    close(dropped);
  }

  private void close(List<Entry<P>> dropped) {
    for (Entry<P> entry : dropped) {
      try {
        entry.program.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new BackendException("a program could not be closed: " + e.getMessage(), e);
      }
    }
  }

  /** Closes all programs; those that are running are closed when their run ends. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      List<Entry<P>> idle = entries.values().stream().filter(e -> e.users == 0).toList();
      entries.clear();
      close(idle);
    }
  }
}
