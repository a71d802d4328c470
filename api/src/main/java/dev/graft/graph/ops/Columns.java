package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Col2Im: columns, each the elements of a window, are added up into images. */
final class Columns {
  private Columns() {}

  static Operator row() {
    return Operator.of("Col2Im", 18, 3, 3, Columns::type)
        .withDecomposition(Columns::asTransposedConvolution);
  }

  private static List<TensorType> type(NodeContext node) {
    ElementKind.FLOATING.check(node, 0);
    Shapes.rank(node, 0, 3);
    List<Dim> dims = new ArrayList<>(List.of(node.type(0).shape().dim(0), Dim.of(channels(node))));
    Arrays.stream(known(node, 1)).mapToObj(Dim::of).forEach(dims::add);
    Shapes.match(node, Dim.of(elements(places(node))), node.type(0).shape().dim(2));
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  private static long[] known(NodeContext node, int input) {
    return node.longs(input)
        .orElseThrow(() -> node.error("needs sizes of image and block that are known beforehand"));
  }

  private static long elements(long[] sizes) {
    return Arrays.stream(sizes).reduce(1, Math::multiplyExact);
  }

  /** How many places the block has along each axis of the image. */
  private static long[] places(NodeContext node) {
    Window window = Window.of(node, known(node, 2));
    long[] places = new long[window.axes()];
    Arrays.setAll(places, i -> room(node, window, i) / window.strides()[i] + 1);
    return places;
  }

  private static long room(NodeContext node, Window window, int axis) {
    long padded = known(node, 1)[axis] + window.begin()[axis] + window.end()[axis];
    return padded - window.reach(axis);
  }

  private static long channels(NodeContext node) {
    Dim rows = node.type(0).shape().dim(1);
    long elements = elements(known(node, 2));
    if (!rows.isFixed() || rows.size() % elements != 0) {
      throw node.error("cannot divide " + rows + " rows into blocks of " + elements);
    }
    return rows.size() / elements;
  }

  /** Every element of a block is a channel of its own, whose kernel is 1 at its place. */
  private static List<@Nullable Value> asTransposedConvolution(NodeContext node) {
    long[] block = known(node, 2);
    int elements = (int) elements(block);
    long channels = channels(node);
    Window window = Window.of(node, block);
    Value x = node.in(0);
    List<Dim> dims = new ArrayList<>(List.of(x.shape().dim(0), x.shape().dim(1)));
    Arrays.stream(places(node)).mapToObj(Dim::of).forEach(dims::add);
    Value columns = Sizes.reshape(x, dims);
    long[] rest = new long[block.length];
    Arrays.setAll(rest, i -> room(node, window, i) % window.strides()[i]);
    long[] sizes = new long[block.length + 2];
    sizes[0] = channels * elements;
    sizes[1] = 1;
    System.arraycopy(block, 0, sizes, 2, block.length);
    HostTensor kernels =
        HostTensor.fromDoubles(
            new TensorType(x.dtype(), Shape.of(sizes)),
            i -> i % elements == i / elements % elements ? 1 : 0);
    Attributes attributes =
        window.attributes().with("group", channels).with("output_padding", rest);
    return Arrays.asList(
        x.builder().op("ConvTranspose", attributes, columns, x.builder().constant(kernels)));
  }
}
