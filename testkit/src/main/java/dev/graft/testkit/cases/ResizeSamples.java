package dev.graft.testkit.cases;

import dev.graft.tensor.HostTensor;

/** Nodes that resize or sample images. */
final class ResizeSamples {
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
