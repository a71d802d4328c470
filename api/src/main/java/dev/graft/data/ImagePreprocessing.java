package dev.graft.data;

import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Resizes, crops and scales an image for a model: shorter side to {@code resize} pixels, the middle
 * {@code width * height} of it, then {@link PixelScaling}. Resizing and rounding are Pillow's and
 * torchvision's, so that the numbers are those that models were trained with. The output is {@code
 * FLOAT32[channels, height, width]}, or channels last.
 *
 * @param input the name of the model's input
 * @param resize the length of the shorter side before the crop, in pixels; unused with {@code
 *     STRETCH}
 * @param width of the output
 * @param height of the output
 * @param channels what the model sees
 * @param layout where the channels stand
 * @param fit whether the aspect ratio is kept
 * @param scaling of the pixels, per channel in the model's order
 */
public record ImagePreprocessing(
    String input,
    int resize,
    int width,
    int height,
    Channels channels,
    Layout layout,
    Fit fit,
    PixelScaling scaling)
    implements Preprocessing {

  /** The channels of a model and their order. Images with others are converted. */
  public enum Channels {
    RGB,
    BGR,
    GREY;

    int count() {
      return this == GREY ? 1 : 3;
    }
  }

  /** Whether channels come before or after rows and columns. */
  public enum Layout {
    NCHW,
    NHWC
  }

  /** How an image of another shape comes to the wanted size. */
  public enum Fit {
    /** Shorter side to the wanted length, then the middle. */
    CROP,
    /** Both sides to the wanted lengths. */
    STRETCH
  }

  public ImagePreprocessing {
    if (width < 1 || height < 1) {
      throw new DataException("an image cannot have size " + width + "x" + height);
    }
    if (fit == Fit.CROP && resize < Math.max(width, height)) {
      throw new DataException(
          "the shorter side is resized to "
              + resize
              + " pixels, from which "
              + width
              + "x"
              + height
              + " cannot be cut. Set 'resize' to at least "
              + Math.max(width, height));
    }
    if (!scaling.fits(channels.count())) {
      throw new DataException(
          "a model with "
              + channels.count()
              + " channels needs one mean and deviation, or as many as channels, but got "
              + scaling);
    }
  }

  /**
   * The usual way: shorter side to size / 0.875, the middle square of {@code size}, red-green-blue,
   * channels first, for an input named {@code input}.
   */
  public static ImagePreprocessing of(int size, PixelScaling scaling) {
    return new ImagePreprocessing(
        "input",
        (int) Math.round(size / 0.875),
        size,
        size,
        scaling.fits(3) ? Channels.RGB : Channels.GREY,
        Layout.NCHW,
        Fit.CROP,
        scaling);
  }

  /** {@link #of} with ImageNet's means and deviations. */
  public static ImagePreprocessing imagenet(int size) {
    return of(size, PixelScaling.IMAGENET);
  }

  public ImagePreprocessing withInput(String name) {
    return new ImagePreprocessing(name, resize, width, height, channels, layout, fit, scaling);
  }

  /** With another length of the shorter side; the output's size gives no margin. */
  public ImagePreprocessing withResize(int pixels) {
    return new ImagePreprocessing(input, pixels, width, height, channels, layout, fit, scaling);
  }

  public ImagePreprocessing withChannels(Channels other) {
    return new ImagePreprocessing(input, resize, width, height, other, layout, fit, scaling);
  }

  public ImagePreprocessing withLayout(Layout other) {
    return new ImagePreprocessing(input, resize, width, height, channels, other, fit, scaling);
  }

  public ImagePreprocessing withFit(Fit other) {
    return new ImagePreprocessing(input, resize, width, height, channels, layout, other, scaling);
  }

  @Override
  public String type() {
    return "image";
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("input", input);
    settings.put("resize", resize);
    settings.put("width", width);
    settings.put("height", height);
    settings.put("channels", Settings.spelling(channels));
    settings.put("layout", Settings.spelling(layout));
    settings.put("fit", Settings.spelling(fit));
    settings.put("scale", scaling.scale());
    settings.put("mean", scaling.mean());
    settings.put("std", scaling.std());
    return settings;
  }

  /**
   * Reads {@link #settings} back. Beside those it takes {@code size} for an equal width and height,
   * and {@code scaling} for a formula as {@link PixelScaling#parse} reads it.
   */
  public static ImagePreprocessing read(Map<String, Object> values) {
    Settings settings = new Settings("preprocessing 'image'", values);
    int size = settings.integer("size", 0);
    int width = size > 0 ? settings.integer("width", size) : settings.integer("width");
    int height = size > 0 ? settings.integer("height", size) : settings.integer("height");
    Fit fit = settings.choice("fit", Fit.CROP);
    PixelScaling formula = PixelScaling.parse(settings.text("scaling", "x"));
    ImagePreprocessing result =
        new ImagePreprocessing(
            settings.text("input", "input"),
            settings.integer("resize", (int) Math.round(Math.max(width, height) / 0.875)),
            width,
            height,
            settings.choice("channels", Channels.RGB),
            settings.choice("layout", Layout.NCHW),
            fit,
            new PixelScaling(
                settings.number("scale", formula.scale()),
                settings.numbers("mean", formula.mean()),
                settings.numbers("std", formula.std())));
    settings.end();
    return result;
  }

  @Override
  public Map<String, HostTensor> apply(Sample sample) {
    if (!(sample instanceof ImageSample image)) {
      throw new DataException(
          "the model takes images, but the data has a " + sample.getClass().getSimpleName());
    }
    ImageSample fitted = fitted(image);
    float[] values = new float[channels.count() * width * height];
    for (int c = 0; c < channels.count(); c++) {
      fill(values, c, fitted);
    }
    return Map.of(input, tensor(values));
  }

  /** The image at the model's size with one or three channels. */
  private ImageSample fitted(ImageSample image) {
    ImageSample converted =
        channels == Channels.GREY && image.channels() == 3 ? image.toGrey() : image;
    if (fit == Fit.STRETCH) {
      return ImageResizer.resize(converted, width, height, 0, 0, width, height);
    }
    int w = converted.width();
    int h = converted.height();
    int newWidth = w <= h ? resize : (int) ((long) resize * w / h);
    int newHeight = w <= h ? (int) ((long) resize * h / w) : resize;
    // torchvision rounds the margin half to even, as Python's round does.
    int left = (int) Math.rint((newWidth - width) / 2.0);
    int top = (int) Math.rint((newHeight - height) / 2.0);
    return ImageResizer.resize(converted, newWidth, newHeight, left, top, width, height);
  }

  private void fill(float[] values, int channel, ImageSample image) {
    float[] table = new float[256];
    for (int x = 0; x < 256; x++) {
      table[x] = scaling.apply(channel, x);
    }
    int step = image.channels();
    int from = step == 1 ? 0 : channels == Channels.BGR ? 2 - channel : channel;
    byte[] pixels = image.pixels();
    int area = width * height;
    if (layout == Layout.NCHW) {
      for (int i = 0, p = from, at = channel * area; i < area; i++, p += step) {
        values[at++] = table[pixels[p] & 0xff];
      }
    } else {
      int count = channels.count();
      for (int i = 0, p = from; i < area; i++, p += step) {
        values[i * count + channel] = table[pixels[p] & 0xff];
      }
    }
  }

  private HostTensor tensor(float[] values) {
    // On the heap: it lives only until it is copied into the batch.
    ByteBuffer bytes =
        ByteBuffer.wrap(new byte[Float.BYTES * values.length]).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(values);
    TensorType type =
        layout == Layout.NCHW
            ? TensorType.of(DType.FLOAT32, channels.count(), height, width)
            : TensorType.of(DType.FLOAT32, height, width, channels.count());
    return HostTensor.wrap(type, bytes);
  }
}
