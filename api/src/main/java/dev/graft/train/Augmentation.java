package dev.graft.train;

import static dev.graft.train.Ranges.require;

import java.util.Locale;

/**
 * Random changes of training images, drawn anew in every epoch. They belong to training, not to the
 * model's preprocessing: validation and prediction see images as they are. Immutable.
 *
 * @param flip whether half of the images are mirrored left to right
 * @param crop the part of the area that may be cut away at most, below 1; 0 for none (random
 *     resized crop, Szegedy et al. 2015)
 * @param colour how far brightness, contrast and saturation go from 1, each; 0 for unchanged
 * @param rotation the largest angle in degrees, either way
 * @param cutout the side of the square that is blanked, as a part of the shorter side; 0 for none
 *     (DeVries and Taylor 2017)
 * @param mixup the parameter of the Beta distribution that pairs of examples and their targets are
 *     mixed by, at most 1; 0 for none (Zhang et al. 2018)
 */
public record Augmentation(
    boolean flip, double crop, double colour, double rotation, double cutout, double mixup) {
  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(false, 0, 0, 0, 0, 0);

  /** What suits photographs of things: mirrored, cropped to half the area or more, recoloured. */
  public static final Augmentation PHOTOGRAPHS = new Augmentation(true, 0.5, 0.2, 0, 0, 0);

  public Augmentation {
    require(crop >= 0 && crop < 1, "crop", "in [0, 1)", crop);
    require(colour >= 0 && colour <= 1, "colour", "in [0, 1]", colour);
    require(rotation >= 0 && rotation <= 180, "rotation", "in [0, 180]", rotation);
    require(cutout >= 0 && cutout <= 1, "cutout", "in [0, 1]", cutout);
    require(mixup >= 0 && mixup <= 1, "mixup", "in [0, 1]", mixup);
  }

  /** Whether single images are changed; mixing needs a batch. */
  public boolean changesImages() {
    return flip || crop > 0 || colour > 0 || rotation > 0 || cutout > 0;
  }

  /**
   * Reads {@code none}, {@code photographs}, or a list such as {@code flip,crop=0.4,rotation=10}.
   *
   * @throws IllegalArgumentException if it is neither; the message lists what there is
   */
  public static Augmentation parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "none" -> NONE;
      case "photographs" -> PHOTOGRAPHS;
      default -> {
        Augmentation result = NONE;
        for (String part : text.split(",")) {
          result = result.with(part.strip());
        }
        yield result;
      }
    };
  }

  private Augmentation with(String setting) {
    String[] parts = setting.split("=", 2);
    if (parts[0].equals("flip") && parts.length == 1) {
      return new Augmentation(true, crop, colour, rotation, cutout, mixup);
    }
    double v;
    try {
      v = parts.length == 2 ? Double.parseDouble(parts[1]) : Double.NaN;
    } catch (NumberFormatException e) {
      v = Double.NaN;
    }
    if (!Double.isNaN(v)) {
      switch (parts[0]) {
        case "crop":
          return new Augmentation(flip, v, colour, rotation, cutout, mixup);
        case "colour":
          return new Augmentation(flip, crop, v, rotation, cutout, mixup);
        case "rotation":
          return new Augmentation(flip, crop, colour, v, cutout, mixup);
        case "cutout":
          return new Augmentation(flip, crop, colour, rotation, v, mixup);
        case "mixup":
          return new Augmentation(flip, crop, colour, rotation, cutout, v);
        default:
      }
    }
    throw new IllegalArgumentException(
        "'"
            + setting
            + "' is no augmentation; there are none, photographs, and lists of flip, crop=PART,"
            + " colour=STRENGTH, rotation=DEGREES, cutout=PART, mixup=ALPHA");
  }
}
