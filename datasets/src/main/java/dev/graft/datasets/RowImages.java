package dev.graft.datasets;

import dev.graft.data.ContentDigest;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.ImageSample;
import dev.graft.data.Sample;
import dev.graft.data.TensorSample;
import dev.graft.tensor.HostTensor;
import java.util.Optional;

/**
 * Rows of numbers seen as grey images, as tables and matrices of small pictures come.
 *
 * @param width pixels of a line
 * @param height lines
 * @param black the number that stands for black
 * @param white the number that stands for white; below {@code black} for dark ink on white paper
 * @param byColumns whether the numbers go down the columns, as MATLAB's do
 */
public record RowImages(int width, int height, double black, double white, boolean byColumns) {
  public RowImages {
    if (width < 1 || height < 1) {
      throw new DataException("images have positive sides, but got " + width + "x" + height);
    }
    if (black == white || !Double.isFinite(black) || !Double.isFinite(white)) {
      throw new DataException("black and white must be two numbers, but are both " + black);
    }
  }

  /** The same examples as images; one that does not fit is an error when it is read. */
  public Dataset of(Dataset rows) {
    return new Images(this, rows);
  }

  private ImageSample image(Sample sample, String id) {
    if (!(sample instanceof TensorSample tensor)) {
      throw new DataException(
          id + " is no row of numbers but a " + sample.getClass().getSimpleName());
    }
    HostTensor values = tensor.values();
    if (values.shape().elements() != (long) width * height) {
      throw new DataException(
          id
              + " has "
              + values.shape().elements()
              + " numbers, but an image of "
              + width
              + "x"
              + height
              + " has "
              + width * height);
    }
    byte[] pixels = new byte[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double value = values.getDouble(byColumns ? x * height + y : y * width + x);
        double share = (value - black) / (white - black);
        if (!(share >= 0 && share <= 1)) {
          throw new DataException(
              id + " has the pixel " + value + ", which is not between " + black + " and " + white);
        }
        pixels[y * width + x] = (byte) Math.round(255 * share);
      }
    }
    return new ImageSample(width, height, 1, pixels);
  }

  private record Images(RowImages form, Dataset rows) implements Dataset {
    @Override
    public String name() {
      return rows.name();
    }

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public ImageSample sample(int i) {
      return form.image(rows.sample(i), rows.id(i));
    }

    @Override
    public String id(int i) {
      return rows.id(i);
    }

    @Override
    public Optional<String> group(int i) {
      return rows.group(i);
    }

    @Override
    public String fingerprint() {
      return new ContentDigest().add(form.toString()).add(rows.fingerprint()).hex();
    }

    @Override
    public String fingerprint(int i) {
      return rows.fingerprint(i);
    }
  }
}
