package dev.graft.train;

import dev.graft.data.DataException;
import dev.graft.data.ImageSample;
import dev.graft.data.Sample;
import dev.graft.random.Seed;

/** Changes one image at random. Equal seeds give equal images. Thread-safe. */
final class ImageAugmentation {
  /** The most a crop's width and height differ, as torchvision has it. */
  private static final double ASPECT = 4 / 3.0;

  private final Augmentation settings;

  ImageAugmentation(Augmentation settings) {
    this.settings = settings;
  }

  /** The image cropped, rotated, mirrored, recoloured and partly blanked, in this order. */
  ImageSample apply(Sample sample, Seed seed) {
    if (!(sample instanceof ImageSample image)) {
      throw new DataException(
          "augmentation changes images, but this example is "
              + sample.getClass().getSimpleName()
              + "; train without it");
    }
    ImageSample result = image;
    if (settings.crop() > 0) {
      result = crop(result, seed.derive("crop"));
    }
    if (settings.rotation() > 0) {
      double degrees = settings.rotation() * symmetric(seed.derive("rotation"), 0);
      result = rotate(result, Math.toRadians(degrees));
    }
    if (settings.flip() && seed.derive("flip").uniform(0) < 0.5) {
      result = mirror(result);
    }
    if (settings.colour() > 0) {
      result = recolour(result, seed.derive("colour"));
    }
    return settings.cutout() > 0 ? blank(result, seed.derive("cutout")) : result;
  }

  /** A number in [-1, 1). */
  private static double symmetric(Seed seed, int position) {
    return 2 * seed.uniform(position) - 1;
  }

  private ImageSample crop(ImageSample image, Seed seed) {
    double area = (1 - settings.crop() * seed.uniform(0)) * image.width() * image.height();
    double aspect = Math.pow(ASPECT, symmetric(seed, 1));
    int width = clamp((int) Math.round(Math.sqrt(area * aspect)), 1, image.width());
    int height = clamp((int) Math.round(Math.sqrt(area / aspect)), 1, image.height());
    int left = (int) (seed.uniform(2) * (image.width() - width + 1));
    int top = (int) (seed.uniform(3) * (image.height() - height + 1));
    int row = width * image.channels();
    byte[] pixels = new byte[height * row];
    for (int y = 0; y < height; y++) {
      int from = ((top + y) * image.width() + left) * image.channels();
      System.arraycopy(image.pixels(), from, pixels, y * row, row);
    }
    return new ImageSample(width, height, image.channels(), pixels);
  }

  /** Turned around its centre, bilinearly; beyond the border the border goes on. */
  private static ImageSample rotate(ImageSample image, double angle) {
    int w = image.width();
    int h = image.height();
    int channels = image.channels();
    byte[] source = image.pixels();
    byte[] pixels = new byte[source.length];
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double dx = x - (w - 1) / 2.0;
        double dy = y - (h - 1) / 2.0;
        double sx = Math.min(Math.max(cos * dx + sin * dy + (w - 1) / 2.0, 0), w - 1);
        double sy = Math.min(Math.max(cos * dy - sin * dx + (h - 1) / 2.0, 0), h - 1);
        int x0 = (int) sx;
        int y0 = (int) sy;
        int x1 = Math.min(x0 + 1, w - 1);
        int y1 = Math.min(y0 + 1, h - 1);
        for (int c = 0; c < channels; c++) {
          double upper =
              mix(at(source, w, channels, x0, y0, c), at(source, w, channels, x1, y0, c), sx - x0);
          double lower =
              mix(at(source, w, channels, x0, y1, c), at(source, w, channels, x1, y1, c), sx - x0);
          pixels[(y * w + x) * channels + c] = (byte) Math.round(mix(upper, lower, sy - y0));
        }
      }
    }
    return new ImageSample(w, h, channels, pixels);
  }

  private static int at(byte[] pixels, int width, int channels, int x, int y, int c) {
    return pixels[(y * width + x) * channels + c] & 0xff;
  }

  private static double mix(double a, double b, double part) {
    return a + (b - a) * part;
  }

  private static ImageSample mirror(ImageSample image) {
    int w = image.width();
    int channels = image.channels();
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < w * image.height(); i++) {
      int mirrored = i / w * w + (w - 1 - i % w);
      System.arraycopy(image.pixels(), i * channels, pixels, mirrored * channels, channels);
    }
    return new ImageSample(w, image.height(), channels, pixels);
  }

  /** Scales brightness, the distance from the mean grey, and the distance from each grey. */
  private ImageSample recolour(ImageSample image, Seed seed) {
    double brightness = 1 + settings.colour() * symmetric(seed, 0);
    double contrast = 1 + settings.colour() * symmetric(seed, 1);
    double saturation = 1 + settings.colour() * symmetric(seed, 2);
    byte[] grey = image.toGrey().pixels();
    double sum = 0;
    for (byte g : grey) {
      sum += g & 0xff;
    }
    double mean = brightness * sum / grey.length;
    int channels = image.channels();
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      double own = brightness * (image.pixels()[i] & 0xff);
      double contrasted = mix(mean, own, contrast);
      double around = mix(mean, brightness * (grey[i / channels] & 0xff), contrast);
      pixels[i] = (byte) clamp((int) Math.round(mix(around, contrasted, saturation)), 0, 255);
    }
    return new ImageSample(image.width(), image.height(), channels, pixels);
  }

  /** Gives a square the image's mean colour; its centre is anywhere, so it may stick out. */
  private ImageSample blank(ImageSample image, Seed seed) {
    int w = image.width();
    int h = image.height();
    int channels = image.channels();
    byte[] pixels = image.pixels().clone();
    double[] mean = new double[channels];
    for (int i = 0; i < pixels.length; i++) {
      mean[i % channels] += (pixels[i] & 0xff) / (double) (w * h);
    }
    int side = (int) Math.round(settings.cutout() * Math.min(w, h));
    int left = (int) (seed.uniform(0) * w) - side / 2;
    int top = (int) (seed.uniform(1) * h) - side / 2;
    for (int y = Math.max(0, top); y < Math.min(h, top + side); y++) {
      for (int x = Math.max(0, left); x < Math.min(w, left + side); x++) {
        for (int c = 0; c < channels; c++) {
          pixels[(y * w + x) * channels + c] = (byte) Math.round(mean[c]);
        }
      }
    }
    return new ImageSample(w, h, channels, pixels);
  }

  private static int clamp(int value, int least, int most) {
    return Math.min(Math.max(value, least), most);
  }
}
