package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GradientContext;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Operator;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Convolution and its transpose, and their gradients. */
public final class Convolutions {
  private Convolutions() {}

  /** The rows of this family. */
  public static List<Operator> rows() {
    return List.of(
        Columns.row(),
        Operator.of("Conv", 11, 2, 3, Convolutions::conv).withGradient(Convolutions::convGradient),
        Operator.of("ConvTranspose", 11, 2, 3, Convolutions::convTranspose)
            .withGradient(Convolutions::convTransposeGradient),
        Operator.of(
                "ConvInputGradient",
                Operator.GRAFT,
                2,
                2,
                n -> List.of(n.type(0).withShape(Shapes.attribute(n, "input_shape"))))
            .withDecomposition(ConvolutionGradients::inputGradient),
        Operator.of(
                "ConvWeightGradient",
                Operator.GRAFT,
                2,
                2,
                n -> List.of(n.type(0).withShape(Shapes.attribute(n, "weight_shape"))))
            .withDecomposition(ConvolutionGradients::weightGradient));
  }

  // --- derivatives

  /** With y = x * w + b: dx = dy * flipped w, dw = x * dy, db = sum of dy. */
  private static List<@Nullable Value> convGradient(GradientContext g) {
    Value x = g.in(0);
    Value w = g.in(1);
    Window window = convWindow(g.node()).resolved(g.node(), x.shape());
    Attributes a = window.attributes().with("group", group(g.node()));
    return Arrays.asList(
        g.needs(0)
            ? g.builder()
                .op("ConvInputGradient", a.with("input_shape", x.shape().sizes()), g.dy(), w)
            : null,
        g.needs(1) ? weightGradient(a, x, g.dy(), w.shape()) : null,
        g.needs(2) ? biasGradient(g.dy()) : null);
  }

  /** The transpose of a convolution: its derivative for x is the convolution itself. */
  private static List<@Nullable Value> convTransposeGradient(GradientContext g) {
    Value x = g.in(0);
    Value w = g.in(1);
    Attributes a = transposedWindow(g.node()).attributes().with("group", group(g.node()));
    Value dx = null;
    if (g.needs(0)) {
      dx = g.builder().op("Conv", a, g.dy(), w);
      for (int axis = 2; axis < x.rank(); axis++) {
        // Output padding can make room for one more window.
        long size = x.shape().dim(axis).size();
        dx = dx.shape().dim(axis).is(size) ? dx : dx.slice(axis, 0, size);
      }
    }
    return Arrays.asList(
        dx,
        g.needs(1) ? weightGradient(a, g.dy(), x, w.shape()) : null,
        g.needs(2) ? biasGradient(g.dy()) : null);
  }

  private static Value weightGradient(Attributes a, Value x, Value dy, Shape w) {
    return x.builder().op("ConvWeightGradient", a.with("weight_shape", w.sizes()), x, dy);
  }

  private static Value biasGradient(Value dy) {
    return dy.sum(false, LongStream.range(0, dy.rank()).filter(i -> i != 1).toArray());
  }

  // --- types

  private static List<TensorType> conv(NodeContext node) {
    Shape x = node.type(0).shape();
    Shape w = node.type(1).shape();
    checkInputs(node, x, w);
    Dim group = Dim.of(group(node));
    Dim channels = w.dim(1).times(group);
    if (x.dim(1).isFixed() && channels.isFixed() && !x.dim(1).equals(channels)) {
      throw node.error(
          "has weights " + w + " for " + channels + " input channels, but its input is " + x);
    }
    checkBias(node, w.dim(0));
    if (w.dim(0).isFixed() && w.dim(0).size() % group.size() != 0) {
      throw node.error("cannot divide " + w.dim(0) + " output channels into " + group + " groups");
    }
    return List.of(node.type(0).withShape(convWindow(node).outputShape(node, x, w.dim(0))));
  }

  private static void checkInputs(NodeContext node, Shape x, Shape w) {
    ElementKind.FLOATING.check(node, 0);
    Shapes.sameDType(node);
    if (x.rank() < 3 || x.rank() != w.rank()) {
      throw node.error(
          "needs input and weights of equal rank, 3 or more, but got " + node.inputs());
    }
  }

  private static void checkBias(NodeContext node, Dim channels) {
    if (node.has(2)) {
      Shapes.rank(node, 2, 1);
      Shapes.match(node, channels, node.type(2).shape().dim(0));
    }
  }

  static long group(NodeContext node) {
    return node.attributes().i("group", 1);
  }

  /** The window of a convolution; its kernel sizes are those of the weights. */
  static Window convWindow(NodeContext node) {
    return Window.of(node, kernel(node.type(1).shape()));
  }

  static long[] kernel(Shape weights) {
    return Arrays.stream(weights.sizes(), 2, weights.rank()).toArray();
  }

  static List<TensorType> convTranspose(NodeContext node) {
    Shape x = node.type(0).shape();
    Shape w = node.type(1).shape();
    checkInputs(node, x, w);
    Shapes.match(node, x.dim(1), w.dim(0));
    Window window = convWindow(node);
    long[] extra = outputPadding(node, window);
    long[] wanted = node.attributes().ints("output_shape");
    Dim channels = w.dim(1).times(Dim.of(group(node)));
    checkBias(node, channels);
    List<Dim> dims = new ArrayList<>(List.of(x.dim(0), channels));
    for (int i = 0; i < window.axes(); i++) {
      Dim size = x.dim(i + 2);
      if (wanted != null) {
        dims.add(Dim.of(wanted[wanted.length - window.axes() + i]));
      } else if (window.isSame()) {
        dims.add(size.times(Dim.of(window.strides()[i])));
      } else {
        long rest = window.reach(i) + extra[i] - window.begin()[i] - window.end()[i];
        dims.add(size.minus(Dim.of(1)).times(Dim.of(window.strides()[i])).plus(Dim.of(rest)));
      }
    }
    return List.of(node.type(0).withShape(new Shape(dims)));
  }

  static long[] outputPadding(NodeContext node, Window window) {
    return node.attributes().ints("output_padding", new long[window.axes()]);
  }

  /**
   * The window of a {@code ConvTranspose} with the padding that {@code auto_pad} or {@code
   * output_shape} imply; needs fixed shapes.
   */
  static Window transposedWindow(NodeContext node) {
    Window w = convWindow(node);
    boolean implied = w.isSame() || node.attributes().has("output_shape");
    if (!implied) {
      return new Window(
          w.kernel(), w.strides(), w.dilations(), w.begin(), w.end(), "NOTSET", false);
    }
    Shape x = node.type(0).shape();
    Shape y = convTranspose(node).get(0).shape();
    long[] extra = outputPadding(node, w);
    long[] before = new long[w.axes()];
    long[] after = new long[w.axes()];
    for (int i = 0; i < w.axes(); i++) {
      long full = (x.dim(i + 2).size() - 1) * w.strides()[i] + w.reach(i) + extra[i];
      // An output larger than the windows reach is padded at its end.
      long total = Math.max(0, full - y.dim(i + 2).size());
      before[i] = w.autoPad().equals("SAME_UPPER") ? total / 2 : total - total / 2;
      after[i] = total - before[i];
    }
    return new Window(w.kernel(), w.strides(), w.dilations(), before, after, "NOTSET", false);
  }
}
