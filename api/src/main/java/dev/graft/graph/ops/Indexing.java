package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Operators that read or write elements at computed places. */
public final class Indexing {
  private Indexing() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Operator.of("Gather", 13, 2, 2, Indexing::gather).withGradient(Indexing::gatherDerivative),
        Operator.of("GatherElements", 13, 2, 2, Indexing::gatherElements)
            .withGradient(Indexing::gatherElementsDerivative),
        Operator.of("GatherND", 13, 2, 2, Indexing::gatherNd)
            .withGradient(Indexing::gatherNdDerivative),
        Operator.of("ScatterElements", 18, 3, 3, Indexing::scatter)
            .withGradient(g -> scatterDerivative(g, "GatherElements")),
        Operator.of("ScatterND", 18, 3, 3, Indexing::scatter)
            .withGradient(g -> scatterDerivative(g, "GatherND")),
        Operator.of("OneHot", 11, 3, 3, Indexing::oneHot).withoutGradient(),
        Operator.of("Compress", 11, 2, 2, Indexing::compress).withDecomposition(Indexing::chosen),
        Operator.of("GatherGradient", Operator.GRAFT, 2, 2, Indexing::gatherGradientType)
            .withDecomposition(Indexing::scatterAdd));
  }

  // --- derivatives

  private static List<@Nullable Value> gatherDerivative(GradientContext g) {
    Shape from = g.in(0).shape();
    int axis = Shapes.axis(g.node(), g.attributes().i("axis", 0), from.rank());
    Optional<long[]> indices = g.node().longs(1);
    boolean one = indices.isPresent() && indices.get().length == 1;
    return Arrays.asList(
        one
            ? placed(g.dy(), indices.get()[0], axis, from)
            : gatherGradient(g.dy(), g.in(1), axis, from),
        null);
  }

  /** dy as the only non-zero slice of dx, such as the first token of a sequence. */
  private static Value placed(Value dy, long index, int axis, Shape from) {
    long size = from.dim(axis).size();
    long[] pads = new long[2 * from.rank()];
    pads[axis] = index < 0 ? index + size : index;
    pads[axis + from.rank()] = size - 1 - pads[axis];
    Value slice = dy.reshape(from.with(axis, Dim.of(1)).sizes());
    return size == 1 ? slice : dy.builder().op("Pad", slice, dy.builder().vector(pads));
  }

  /** The gradient of {@code Gather}: adds the slices of dy up by index. */
  static Value gatherGradient(Value dy, Value indices, int axis, Shape from) {
    Attributes attributes = Attributes.of("axis", axis, "input_shape", from.sizes());
    return dy.builder().op("GatherGradient", attributes, dy, indices);
  }

  private static List<@Nullable Value> gatherElementsDerivative(GradientContext g) {
    Attributes add = Attributes.of("axis", g.attributes().i("axis", 0), "reduction", "add");
    Value zeros = g.builder().zeros(g.in(0).type());
    return Arrays.asList(g.builder().op("ScatterElements", add, zeros, g.in(1), g.dy()), null);
  }

  private static List<@Nullable Value> gatherNdDerivative(GradientContext g) {
    Value zeros = g.builder().zeros(g.in(0).type());
    Value indices = withBatch(g.in(1), (int) g.attributes().i("batch_dims", 0));
    Attributes add = Attributes.of("reduction", "add");
    return Arrays.asList(g.builder().op("ScatterND", add, zeros, indices, g.dy()), null);
  }

  /** Indices into all axes, made of those that leave the first {@code batch} axes implied. */
  private static Value withBatch(Value indices, int batch) {
    GraphBuilder b = indices.builder();
    Value all = indices;
    for (int axis = batch - 1; axis >= 0; axis--) {
      long[] sizes = indices.shape().with(-1, Dim.of(1)).sizes();
      long[] column = new long[sizes.length];
      Arrays.fill(column, 1);
      column[axis] = sizes[axis];
      long[] count = new long[(int) sizes[axis]];
      Arrays.setAll(count, i -> i);
      Value position = b.constant(HostTensor.of(count, column)).cast(indices.dtype());
      Value everywhere = b.op("Expand", position, b.vector(sizes));
      all = b.op("Concat", Attributes.of("axis", -1), everywhere, all);
    }
    return all;
  }

  private static List<@Nullable Value> scatterDerivative(GradientContext g, String gather) {
    String reduction = g.attributes().s("reduction", "none");
    Attributes axis = g.attributes().without("reduction");
    Value dy = g.dy();
    return switch (reduction) {
      case "none" -> {
        Value zeros = g.builder().zeros(g.in(2).type());
        Value kept = g.builder().op(g.node().operator().name(), axis, dy, g.in(1), zeros);
        yield Arrays.asList(kept, null, g.builder().op(gather, axis, dy, g.in(1)));
      }
      case "add" -> Arrays.asList(dy, null, g.builder().op(gather, axis, dy, g.in(1)));
      case "max", "min" -> extremeDerivative(g, gather, axis);
      default -> throw g.node().error("has no derivative for the reduction '" + reduction + "'");
    };
  }

  /** The winners share the gradient equally, as in PyTorch's scatter_reduce. */
  private static List<@Nullable Value> extremeDerivative(
      GradientContext g, String gather, Attributes axis) {
    GraphBuilder b = g.builder();
    Value indices = g.in(1);
    Value dataWins = g.in(0).equalTo(g.y()).cast(g.dy().dtype());
    Value updateWins = g.in(2).equalTo(b.op(gather, axis, g.y(), indices)).cast(g.dy().dtype());
    Value winners =
        b.op(
            g.node().operator().name(),
            axis.with("reduction", "add"),
            dataWins,
            indices,
            updateWins);
    Value share = g.dy().div(winners);
    return Arrays.asList(
        share.mul(dataWins), null, b.op(gather, axis, share, indices).mul(updateWins));
  }

  // --- decompositions

  /** Scatters along the first axis; another axis is brought to the front for it. */
  private static List<@Nullable Value> scatterAdd(NodeContext node) {
    GraphBuilder b = node.builder();
    Shape to = Shapes.attribute(node, "input_shape");
    int axis = Shapes.axis(node, node.attributes().i("axis", 0), to.rank());
    int indexRank = node.type(1).rank();
    Value dy = node.in(0);
    if (axis > 0) {
      dy = dy.transpose(cycle(axis, indexRank, dy.rank()));
    }
    Shape moved = new Shape(permuted(to.dims(), cycle(axis, 1, to.rank())));
    Value zeros = b.zeros(dy.type().withShape(moved));
    Value sum =
        b.op(
            "ScatterND",
            Attributes.of("reduction", "add"),
            zeros,
            node.in(1).cast(DType.INT64).unsqueeze(-1),
            dy);
    return Arrays.asList(axis > 0 ? sum.transpose(cycle(1, axis, to.rank())) : sum);
  }

  /** A permutation that moves {@code count} axes, beginning at {@code first}, to the front. */
  private static long[] cycle(int first, int count, int rank) {
    long[] perm = new long[rank];
    for (int i = 0; i < rank; i++) {
      perm[i] = i < count ? first + i : i < first + count ? i - count : i;
    }
    return perm;
  }

  private static List<Dim> permuted(List<Dim> dims, long[] perm) {
    return Arrays.stream(perm).mapToObj(i -> dims.get((int) i)).toList();
  }

  /** Compress: gathers where the condition holds. */
  private static List<@Nullable Value> chosen(NodeContext node) {
    boolean flat = !node.attributes().has("axis");
    Value x = flat ? node.in(0).reshape(-1) : node.in(0);
    Value places = node.builder().op("NonZero", node.in(1)).squeeze(0);
    Attributes axis = Attributes.of("axis", node.attributes().i("axis", 0));
    return Arrays.asList(node.builder().op("Gather", axis, x, places));
  }

  // --- types

  private static List<TensorType> gather(NodeContext node) {
    ElementKind.INDEX.check(node, 1);
    Shape from = node.type(0).shape();
    int axis = Shapes.axis(node, node.attributes().i("axis", 0), from.rank());
    List<Dim> dims = new ArrayList<>(from.dims().subList(0, axis));
    dims.addAll(node.type(1).shape().dims());
    dims.addAll(from.dims().subList(axis + 1, from.rank()));
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static List<TensorType> gatherElements(NodeContext node) {
    ElementKind.INDEX.check(node, 1);
    if (node.type(0).rank() != node.type(1).rank()) {
      throw node.error("needs indices of the rank of its data, but got " + node.inputs());
    }
    return List.of(node.type(0).withShape(node.type(1).shape()));
  }

  private static List<TensorType> gatherNd(NodeContext node) {
    ElementKind.INDEX.check(node, 1);
    Shape data = node.type(0).shape();
    Shape indices = node.type(1).shape();
    int batch = (int) node.attributes().i("batch_dims", 0);
    long depth = indices.dim(-1).size();
    if (batch + depth > data.rank()) {
      throw node.error("indexes " + (batch + depth) + " axes of " + data);
    }
    List<Dim> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
    dims.addAll(data.dims().subList(batch + (int) depth, data.rank()));
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static List<TensorType> scatter(NodeContext node) {
    ElementKind.INDEX.check(node, 1);
    Shapes.sameDType(node, 0, 2);
    return List.of(node.type(0));
  }

  private static List<TensorType> oneHot(NodeContext node) {
    Shape indices = node.type(0).shape();
    int axis = Shapes.axis(node, node.attributes().i("axis", -1), indices.rank() + 1);
    // The depth may be of any numeric type.
    Dim depth =
        node.constant(1)
            .map(t -> Dim.of(t.getLong(0)))
            .or(() -> node.dims(1).map(d -> d.get(0)))
            .orElseGet(() -> Shapes.unknown(node, "depth"));
    List<Dim> dims = new ArrayList<>(indices.dims());
    dims.add(axis, depth);
    return List.of(node.type(2).withShape(new Shape(dims)));
  }

  private static List<TensorType> compress(NodeContext node) {
    Shape from = node.type(0).shape();
    Optional<HostTensor> condition = node.constant(1);
    Dim kept = Shapes.unknown(node, "count");
    if (condition.isPresent()) {
      long count = 0;
      for (long c : condition.get().toLongs()) {
        count += c;
      }
      kept = Dim.of(count);
    }
    Shape shape =
        node.attributes().has("axis")
            ? from.with(Shapes.axis(node, node.attributes().i("axis", 0), from.rank()), kept)
            : new Shape(List.of(kept));
    return List.of(node.type(0).withShape(shape));
  }

  private static List<TensorType> gatherGradientType(NodeContext node) {
    return List.of(node.type(0).withShape(Shapes.attribute(node, "input_shape")));
  }
}
