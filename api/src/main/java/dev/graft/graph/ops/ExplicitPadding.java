package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.tensor.Shape;
import java.util.Arrays;
import java.util.Set;

/** Turns {@code auto_pad} and {@code output_shape} into {@code pads} once shapes are fixed. */
public final class ExplicitPadding {
  private static final Set<String> WINDOWED =
      Set.of("Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool");

  private ExplicitPadding() {}

  /** The attributes of a node with its padding spelt out; its own where nothing is implied. */
  public static Attributes of(NodeContext node) {
    Attributes a = node.attributes();
    boolean implied = !a.s("auto_pad", "NOTSET").equals("NOTSET") || a.has("output_shape");
    if (!implied || !WINDOWED.contains(node.operator().name())) {
      return a;
    }
    Shape x = node.type(0).shape();
    if (!x.isStatic()) {
      return a;
    }
    Window window =
        switch (node.operator().name()) {
          case "Conv" -> Convolutions.convWindow(node).resolved(node, x);
          case "ConvTranspose" -> Convolutions.transposedWindow(node);
          default -> Pooling.window(node).resolved(node, x);
        };
    Attributes explicit = a.without("auto_pad", "output_shape").with("pads", window.pads());
    return node.operator().name().equals("ConvTranspose")
        ? withOutputPadding(explicit, window, x, Convolutions.convTranspose(node).get(0).shape())
        : explicit;
  }

  /** Says how much larger the output is than the windows reach, now that no shape is given. */
  private static Attributes withOutputPadding(Attributes a, Window window, Shape x, Shape y) {
    long[] extra = new long[window.axes()];
    for (int i = 0; i < extra.length; i++) {
      long reached = (x.dim(i + 2).size() - 1) * window.strides()[i] + window.reach(i);
      extra[i] = y.dim(i + 2).size() - (reached - window.begin()[i] - window.end()[i]);
    }
    return Arrays.stream(extra).anyMatch(e -> e != 0) ? a.with("output_padding", extra) : a;
  }
}
