package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.NodeContext;
import dev.graft.tensor.Shape;
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
    return a.without("auto_pad", "output_shape").with("pads", window.pads());
  }
}
