package dev.graft.strategies.inductive;

/**
 * The two matrix products of a linear model, written so that the compiler turns their inner loops
 * into vector instructions and every loaded number is used several times.
 */
final class Products {
  private Products() {}

  /**
   * {@code z += x * w} for some rows.
   *
   * @param x holds the rows one behind the other from {@code start}, each {@code width} long
   * @param w {@code [width or more][outputs]}
   * @param z {@code [rows][outputs]}
   */
  static void addProduct(
      float[] x, int start, int width, int rows, float[] w, int outputs, float[] z) {
    int j = 0;
    for (; j + 4 <= width; j += 4) {
      for (int r = 0; r < rows; r++) {
        int at = start + r * width + j;
        addFour(z, r * outputs, outputs, x[at], x[at + 1], x[at + 2], x[at + 3], w, j * outputs);
      }
    }
    for (; j < width; j++) {
      for (int r = 0; r < rows; r++) {
        addOne(z, r * outputs, outputs, x[start + r * width + j], w, j * outputs);
      }
    }
  }

  /**
   * {@code g += x' * z} for some rows.
   *
   * @param g {@code [width or more][outputs]}
   */
  static void addTransposedProduct(
      float[] x, int start, int width, int rows, float[] z, int outputs, float[] g) {
    for (int j = 0; j < width; j++) {
      int r = 0;
      for (; r + 4 <= rows; r += 4) {
        int at = start + r * width + j;
        addFour(
            g,
            j * outputs,
            outputs,
            x[at],
            x[at + width],
            x[at + 2 * width],
            x[at + 3 * width],
            z,
            r * outputs);
      }
      for (; r < rows; r++) {
        addOne(g, j * outputs, outputs, x[start + r * width + j], z, r * outputs);
      }
    }
  }

  /** Adds four neighbouring rows of {@code b}, each times a factor, to one row of {@code c}. */
  private static void addFour(
      float[] c, int to, int n, float a0, float a1, float a2, float a3, float[] b, int from) {
    int from1 = from + n;
    int from2 = from1 + n;
    int from3 = from2 + n;
    for (int k = 0; k < n; k++) {
      c[to + k] += a0 * b[from + k] + a1 * b[from1 + k] + a2 * b[from2 + k] + a3 * b[from3 + k];
    }
  }

  private static void addOne(float[] c, int to, int n, float a, float[] b, int from) {
    for (int k = 0; k < n; k++) {
      c[to + k] += a * b[from + k];
    }
  }
}
