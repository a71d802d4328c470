package dev.graft.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What becomes of a pixel value x from 0 to 255, or of any other number: {@code (x * scale - mean)
 * / std}, with one mean and deviation for all channels or one for each.
 */
public record PixelScaling(double scale, List<Double> mean, List<Double> std) {
  /** Pixels as they are. */
  public static final PixelScaling NONE = new PixelScaling(1, List.of(0.0), List.of(1.0));

  /** Means and deviations of ImageNet's red, green and blue, as most PyTorch models expect. */
  public static final PixelScaling IMAGENET =
      new PixelScaling(1 / 255.0, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  private static final String NUMBER = "[-+]?[0-9.]+(?:e[-+]?[0-9]+)?";
  private static final String NUMBERS = NUMBER + "|\\(" + NUMBER + "(?:," + NUMBER + ")*\\)";
  private static final Pattern SHIFTED =
      Pattern.compile("x(?:/(" + NUMBER + "))?(?:-(" + NUMBERS + "))?");
  private static final Pattern DIVIDED = Pattern.compile("\\((.*)\\)/(" + NUMBERS + ")");

  public PixelScaling {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || std.isEmpty()) {
      throw new DataException("a pixel scaling needs a mean and a deviation");
    }
    if (std.stream().anyMatch(s -> !(Math.abs(s) > 0)) || !(Math.abs(scale) > 0)) {
      throw new DataException(
          "scale and deviation may not be zero, but got " + scale + " and " + std);
    }
  }

  /**
   * Reads a formula: {@code x/255}, {@code x/127.5-1}, {@code x-(123,117,104)}, {@code
   * (x/255-(0.485,0.456,0.406))/(0.229,0.224,0.225)}, or {@code x}.
   */
  public static PixelScaling parse(String formula) {
    String compact = formula.replace(" ", "").toLowerCase(Locale.ROOT);
    Matcher divided = DIVIDED.matcher(compact);
    boolean hasDivisor = divided.matches();
    Matcher shifted = SHIFTED.matcher(hasDivisor ? divided.group(1) : compact);
    if (!shifted.matches()) {
      throw new DataException(
          "cannot read the pixel scaling '"
              + formula
              + "'. Write it as x/255, x/127.5-1, x-(123,117,104) or"
              + " (x/255-(0.485,0.456,0.406))/(0.229,0.224,0.225)");
    }
    return new PixelScaling(
        shifted.group(1) == null ? 1 : 1 / number(shifted.group(1), formula),
        shifted.group(2) == null ? List.of(0.0) : numbers(shifted.group(2), formula),
        hasDivisor ? numbers(divided.group(2), formula) : List.of(1.0));
  }

  private static List<Double> numbers(String text, String formula) {
    return Arrays.stream(text.replace("(", "").replace(")", "").split(",", -1))
        .map(n -> number(n, formula))
        .collect(Collectors.toList());
  }

  private static double number(String text, String formula) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new DataException("'" + text + "' in '" + formula + "' is not a number", e);
    }
  }

  /** The value of a number in a channel. */
  public float apply(int channel, double x) {
    return (float) ((x * scale - of(mean, channel)) / of(std, channel));
  }

  /** Whether there is one mean and deviation for all, or one for each of so many channels. */
  boolean fits(int channels) {
    return (mean.size() == 1 || mean.size() == channels)
        && (std.size() == 1 || std.size() == channels);
  }

  private static double of(List<Double> values, int channel) {
    return values.get(values.size() == 1 ? 0 : channel);
  }
}
