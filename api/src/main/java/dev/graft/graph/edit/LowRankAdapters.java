package dev.graft.graph.edit;

import dev.graft.graph.Attributes;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.Node;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Rewriter;
import dev.graft.graph.Role;
import dev.graft.graph.Value;
import dev.graft.random.Seed;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Low-rank adapters beside frozen weights (Hu et al. 2021, LoRA): where the network computes {@code
 * W x} it computes {@code W x + alpha / rank * B A x} (eq. 3). Only A and B are trained; afterwards
 * their product is added to W, so that the network that is deployed has the original architecture.
 *
 * <p>Adapted are matrices of {@code MatMul} and {@code Gemm} (also behind a {@code Transpose}) and
 * kernels of {@code Conv} without groups, whose A is a convolution to {@code rank} channels and
 * whose B is one of size 1. Left alone are weights that several nodes share, and those for which
 * the adapter would have no fewer elements than the weight.
 */
public final class LowRankAdapters {
  private final Graph graph;
  private final List<Adapter> adapters;
  private final double scale;

  private LowRankAdapters(Graph graph, List<Adapter> adapters, double scale) {
    this.graph = graph;
    this.adapters = List.copyOf(adapters);
    this.scale = scale;
  }

  /**
   * One adapter.
   *
   * @param weight the frozen weight's name
   * @param down A's name: {@code [in, rank]}, or {@code [rank, in, kernel...]} of a convolution
   * @param up B's name: {@code [rank, out]}, or {@code [out, rank, 1...]} of a convolution
   */
  private record Adapter(Site site, String weight, String down, String up, int rank) {}

  /** Where a weight is used, and how it lies in memory. */
  private enum Layout {
    /** {@code [in, out]}. */
    MATRIX,
    /** {@code [out, in]}. */
    TRANSPOSED,
    /** {@code [out, in, kernel...]}. */
    KERNEL
  }

  private record Site(Node node, String weight, TensorType type, Layout layout) {
    /** Inputs of one unit: channels times the kernel's size. */
    long in() {
      long[] s = type.shape().sizes();
      return layout == Layout.MATRIX ? s[0] : type.shape().elements() / s[0];
    }

    long out() {
      long[] s = type.shape().sizes();
      return layout == Layout.MATRIX ? s[1] : s[0];
    }

    boolean shrinks(int rank) {
      return rank * (in() + out()) < in() * out();
    }
  }

  /** The weights that a graph lets adapt with this rank, by store name. */
  public static Set<String> adaptable(Graph graph, int rank) {
    Set<String> names = new LinkedHashSet<>();
    sites(graph).values().stream().filter(s -> s.shrinks(rank)).forEach(s -> names.add(s.weight()));
    return names;
  }

  /**
   * Puts adapters beside weights.
   *
   * @param weights store names, all {@link #adaptable}
   * @param rank of the products, at least 1
   * @param alpha the strength: products are scaled by {@code alpha / rank}
   */
  public static LowRankAdapters insert(
      Graph graph, Collection<String> weights, int rank, double alpha) {
    Map<String, Site> sites = sites(graph);
    for (String weight : weights) {
      Site site = sites.get(weight);
      if (site == null || !site.shrinks(rank)) {
        throw new GraphException(
            "'"
                + weight
                + "' cannot have an adapter of rank "
                + rank
                + ": it is no matrix or kernel that one node uses, or too small");
      }
    }
    Map<Node, Site> wanted = new LinkedHashMap<>();
    weights.forEach(w -> wanted.put(sites.get(w).node(), sites.get(w)));
    List<Adapter> adapters = new ArrayList<>();
    Rewriter rewriter = new Rewriter(graph).copyInputs();
    for (Node node : graph.nodes()) {
      rewriter.copy(node);
      Site site = wanted.get(node);
      if (site != null) {
        Adapter adapter =
            new Adapter(
                site,
                site.weight(),
                site.weight() + ".lora.down",
                site.weight() + ".lora.up",
                rank);
        adapters.add(adapter);
        String output = node.outputs().get(0);
        Value x = rewriter.get(node.inputs().get(0));
        Value product = product(x, adapter).mul(alpha / rank);
        rewriter.bind(output, rewriter.get(output).add(product));
      }
    }
    graph.outputs().forEach(o -> rewriter.target().output(rewriter.get(o)));
    return new LowRankAdapters(rewriter.target().build(), adapters, alpha / rank);
  }

  /** The graph with the adapters. */
  public Graph graph() {
    return graph;
  }

  /** The store names of what is to be trained. */
  public Set<String> parameters() {
    Set<String> names = new LinkedHashSet<>();
    adapters.forEach(a -> names.addAll(List.of(a.down(), a.up())));
    return names;
  }

  /**
   * The values to begin with: A is drawn as the fan-in says, B is zero, so that the network
   * computes at first what it did without.
   */
  public ParameterStore initial(Seed seed) {
    Map<String, HostTensor> values = new LinkedHashMap<>();
    for (Adapter a : adapters) {
      Seed own = seed.derive(a.down());
      double deviation = Math.sqrt(1.0 / a.site().in());
      values.put(a.down(), HostTensor.fromDoubles(downType(a), i -> deviation * own.gaussian(i)));
      values.put(a.up(), HostTensor.full(upType(a), 0));
    }
    return ParameterStore.of(values);
  }

  /**
   * The values of the graph without adapters that computes the same.
   *
   * @param trained values of the graph with adapters
   */
  public ParameterStore merge(ParameterStore trained) {
    Map<String, HostTensor> merged = new LinkedHashMap<>();
    for (Adapter a : adapters) {
      float[] down = trained.get(a.down()).toFloats();
      float[] up = trained.get(a.up()).toFloats();
      HostTensor weight = trained.get(a.weight());
      int in = (int) a.site().in();
      int out = (int) a.site().out();
      int r = a.rank();
      Layout layout = a.site().layout();
      merged.put(
          a.weight(),
          HostTensor.fromDoubles(
              weight.type(),
              i -> {
                int o = layout == Layout.MATRIX ? i % out : i / in;
                int j = layout == Layout.MATRIX ? i / out : i % in;
                double sum = 0;
                for (int k = 0; k < r; k++) {
                  sum +=
                      layout == Layout.KERNEL
                          ? (double) up[o * r + k] * down[k * in + j]
                          : (double) down[j * r + k] * up[k * out + o];
                }
                return weight.getDouble(i) + scale * sum;
              }));
    }
    Set<String> own = parameters();
    return trained.filter(name -> !own.contains(name)).with(merged);
  }

  // --- nodes

  private static Value product(Value x, Adapter a) {
    GraphBuilder g = x.builder();
    Value down = g.parameter(a.down(), downType(a));
    Value up = g.parameter(a.up(), upType(a));
    if (a.site().layout() != Layout.KERNEL) {
      return g.op("MatMul", g.op("MatMul", x, down), up);
    }
    Attributes given = a.site().node().attributes();
    return g.op("Conv", g.op("Conv", given, x, down), up);
  }

  private static TensorType downType(Adapter a) {
    TensorType type = a.site().type();
    if (a.site().layout() != Layout.KERNEL) {
      return TensorType.of(type.dtype(), a.site().in(), a.rank());
    }
    long[] sizes = type.shape().sizes();
    sizes[0] = a.rank();
    return TensorType.of(type.dtype(), sizes);
  }

  private static TensorType upType(Adapter a) {
    TensorType type = a.site().type();
    if (a.site().layout() != Layout.KERNEL) {
      return TensorType.of(type.dtype(), a.rank(), a.site().out());
    }
    long[] sizes = new long[type.shape().rank()];
    java.util.Arrays.fill(sizes, 1);
    sizes[0] = a.site().out();
    sizes[1] = a.rank();
    return TensorType.of(type.dtype(), sizes);
  }

  // --- where adapters may go

  private static Map<String, Site> sites(Graph graph) {
    Map<String, Site> sites = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      site(graph, node).ifPresent(s -> sites.put(s.weight(), s));
    }
    return sites;
  }

  private static Optional<Site> site(Graph graph, Node node) {
    String operator = node.operator().name();
    if (!Set.of("MatMul", "Gemm", "Conv").contains(operator)) {
      return Optional.empty();
    }
    String read = node.inputs().get(1);
    Optional<Node> view = graph.producer(read).filter(n -> n.operator().name().equals("Transpose"));
    String weight = view.map(v -> v.inputs().get(0)).orElse(read);
    boolean parameter = graph.input(weight).filter(i -> i.role() == Role.STATE).isPresent();
    if (!parameter || graph.consumers(weight).size() > 1 || graph.consumers(read).size() > 1) {
      return Optional.empty();
    }
    TensorType type = graph.type(weight);
    Attributes attributes = node.attributes();
    if (operator.equals("Conv")) {
      boolean whole = view.isEmpty() && attributes.i("group", 1) == 1;
      return whole ? Optional.of(new Site(node, weight, type, Layout.KERNEL)) : Optional.empty();
    }
    boolean plain =
        operator.equals("MatMul")
            || (attributes.i("transA", 0) == 0 && attributes.f("alpha", 1) == 1);
    if (type.shape().rank() != 2 || !plain || node.inputs().get(0).equals(read)) {
      return Optional.empty();
    }
    boolean transposed = view.isPresent() != (attributes.i("transB", 0) == 1);
    return Optional.of(
        new Site(node, weight, type, transposed ? Layout.TRANSPOSED : Layout.MATRIX));
  }
}
