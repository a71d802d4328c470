package dev.graft.data;

import dev.graft.tensor.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives rows of numbers, or small images, the shape a model takes and scales them: an 8x8 digit as
 * {@code [1, 8, 8]}, a table's row as {@code [28]}. With more than one mean and deviation, they go
 * with the first axis of the shape.
 *
 * @param input the name of the model's input
 * @param shape of one example, without the batch
 * @param scaling of the numbers
 */
public record TensorPreprocessing(String input, List<Integer> shape, PixelScaling scaling)
    implements Preprocessing {
  public TensorPreprocessing {
    shape = List.copyOf(shape);
    if (shape.isEmpty() || shape.stream().anyMatch(d -> d < 1)) {
      throw new DataException("examples cannot have the shape " + shape);
    }
    if (!scaling.fits(shape.get(0))) {
      throw new DataException(
          "a shape of "
              + shape
              + " needs one mean and deviation, or "
              + shape.get(0)
              + " of them, but got "
              + scaling.mean().size()
              + " and "
              + scaling.std().size());
    }
  }

  public static TensorPreprocessing of(PixelScaling scaling, Integer... shape) {
    return new TensorPreprocessing("input", List.of(shape), scaling);
  }

  public TensorPreprocessing withInput(String name) {
    return new TensorPreprocessing(name, shape, scaling);
  }

  @Override
  public String type() {
    return "tensor";
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("input", input);
    settings.put("shape", shape);
    settings.put("scale", scaling.scale());
    settings.put("mean", scaling.mean());
    settings.put("std", scaling.std());
    return settings;
  }

  /** Reads {@link #settings} back. */
  public static TensorPreprocessing read(Map<String, Object> values) {
    Settings settings = new Settings("preprocessing 'tensor'", values);
    String input = settings.text("input", "input");
    List<Double> shape = settings.numbers("shape", List.of());
    PixelScaling scaling =
        new PixelScaling(
            settings.number("scale", 1),
            settings.numbers("mean", PixelScaling.NONE.mean()),
            settings.numbers("std", PixelScaling.NONE.std()));
    settings.end();
    return new TensorPreprocessing(input, shape.stream().map(Double::intValue).toList(), scaling);
  }

  @Override
  public Map<String, HostTensor> apply(Sample sample) {
    float[] values = numbers(sample);
    int size = shape.stream().reduce(1, Math::multiplyExact);
    if (values.length != size) {
      throw new DataException(
          "the model takes "
              + size
              + " numbers in the shape "
              + shape
              + ", but the example has "
              + values.length);
    }
    int perFirst = size / shape.get(0);
    for (int i = 0; i < size; i++) {
      values[i] = scaling.apply(i / perFirst, values[i]);
    }
    long[] sizes = shape.stream().mapToLong(Integer::longValue).toArray();
    return Map.of(input, HostTensor.of(values, sizes));
  }

  private static float[] numbers(Sample sample) {
    if (sample instanceof TensorSample tensor) {
      return tensor.values().toFloats();
    }
    if (sample instanceof ImageSample image) {
      return planes(image);
    }
    throw new DataException(
        "the model takes numbers, but the data has a " + sample.getClass().getSimpleName());
  }

  /** Pixel values, one plane after the other. */
  private static float[] planes(ImageSample image) {
    float[] values = new float[image.pixels().length];
    int area = image.width() * image.height();
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < image.channels(); c++) {
        values[c * area + i] = image.pixels()[i * image.channels() + c] & 0xff;
      }
    }
    return values;
  }
}
