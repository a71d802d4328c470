package dev.graft.testkit.cases;

import dev.graft.tensor.HostTensor;
import java.util.List;

/** Nodes that resize or sample images. */
final class ResizeSamples {
  /** The centres and edges of four pixels, in both ways of counting, and beyond. */
  private static final List<Double> KINKS =
      List.of(-1.25, -1.0, -0.75, -1 / 3.0, -0.25, 0.25, 1 / 3.0, 0.75, 1.0, 1.25);

  private ResizeSamples() {}

  static void addTo(Catalogue c) {
    c.addAll(
        1,
        d ->
            coordinates ->
                scaled(d, 1, 1, 2, 3).with("coordinate_transformation_mode", coordinates),
        "half_pixel",
        "asymmetric");
    c.addAll(
        2,
        d ->
            coordinates ->
                sized(d).with("mode", "linear").with("coordinate_transformation_mode", coordinates),
        "half_pixel",
        "pytorch_half_pixel",
        "align_corners",
        "asymmetric");
    c.add(
        1,
        d ->
            scaled(d, 1, 1, 2, 2)
                .with("nearest_mode", "floor")
                .with("coordinate_transformation_mode", "asymmetric"));
    c.add(1, d -> sized(d).with("mode", "cubic"));
    c.addAll(
        1,
        d ->
            padding ->
                sampled(d).with("padding_mode", padding).with("align_corners", d.between(0, 1)),
        "zeros",
        "border",
        "reflection");
    c.add(1, d -> sampled(d).with("mode", "nearest").smooth(0));
  }

  /** At points some of which lie outside, none of them near a kink of the interpolation. */
  private static Sample sampled(Draw d) {
    HostTensor grid = d.realsWithout(KINKS, 2, 2, 3, 2);
    return Sample.of("GridSample", d.reals(2, 2, 4, 4), grid);
  }

  private static Sample scaled(Draw d, float... scales) {
    return Sample.of("Resize", d.reals(1, 2, 3, 4)).constants(null, HostTensor.of(scales, 4));
  }

  private static Sample sized(Draw d) {
    return Sample.of("Resize", d.reals(2, 1, 4, 3))
        .constants(null, null)
        .vector(2, 1, d.between(2, 7), d.between(2, 7));
  }
}
