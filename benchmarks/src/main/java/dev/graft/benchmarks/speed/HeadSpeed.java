package dev.graft.benchmarks.speed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.data.Folders;
import dev.graft.graph.edit.Heads;
import dev.graft.random.Seed;
import dev.graft.strategies.linear.LogisticRegression;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.train.Cancellation;
import dev.graft.train.Regularization;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Times the fit of a linear head on kept features, beside scikit-learn's logistic regression on the
 * same numbers with the same penalty: 20,000 examples of 150 classes with 384 features.
 */
public final class HeadSpeed {
  private static final int ROWS = 20_000;
  private static final int TEST = 5_000;
  private static final int WIDTH = 384;
  private static final int CLASSES = 150;

  /** How far the classes lie apart, in deviations of their examples. */
  private static final double SPREAD = 0.18;

  /** Where scikit-learn ends if it is not told otherwise, ten times as far from the minimum. */
  private static final double PEERS_TOLERANCE = 1e-4;

  private static final String SCRIPT = "peer_sklearn_head.py";

  private HeadSpeed() {}

  /**
   * Prints the seconds of the fastest of some fits, and the accuracy on 5,000 more examples.
   *
   * @param python the interpreter that has scikit-learn; empty for no peer
   * @param rounds how many fits each
   */
  public static void run(Optional<String> python, int rounds, PrintWriter out) throws IOException {
    float[] x = examples(new Seed(20_260_104));
    double ours = fits(x, rounds, out);
    if (python.isPresent()) {
      double peer = peer(x, python.get(), rounds, LogisticRegression.TOLERANCE, out);
      out.printf(Locale.ROOT, "Graft takes %.2f of scikit-learn's time%n", ours / peer);
      out.println("Ended as early as scikit-learn does by default:");
      peer(x, python.get(), rounds, PEERS_TOLERANCE, out);
    }
    out.flush();
  }

  /** {@code [ROWS + TEST][WIDTH]}, flat; example {@code i} is of class {@code i % CLASSES}. */
  private static float[] examples(Seed seed) {
    Seed centres = seed.derive("centres");
    Seed noise = seed.derive("noise");
    float[] x = new float[(ROWS + TEST) * WIDTH];
    IntStream.range(0, ROWS + TEST)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j < WIDTH; j++) {
                double centre = SPREAD * centres.gaussian((long) (i % CLASSES) * WIDTH + j);
                x[i * WIDTH + j] = (float) (centre + noise.gaussian((long) i * WIDTH + j));
              }
            });
    return x;
  }

  private static double fits(float[] x, int rounds, PrintWriter out) {
    HostTensor train = HostTensor.of(Arrays.copyOf(x, ROWS * WIDTH), ROWS, WIDTH);
    int[] labels = IntStream.range(0, ROWS).map(i -> i % CLASSES).toArray();
    double[] weights = new double[ROWS];
    Arrays.fill(weights, 1);
    double best = Double.POSITIVE_INFINITY;
    double accuracy = 0;
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      Standardised features = Standardised.of(train);
      Map<String, HostTensor> head =
          LogisticRegression.softmax(
              features,
              labels,
              CLASSES,
              weights,
              features.penalty(Regularization.DEFAULT.headPenalty()),
              Cancellation.NEVER);
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
      accuracy = accuracy(head, x);
    }
    print(out, "Graft", best, accuracy);
    return best;
  }

  private static double accuracy(Map<String, HostTensor> head, float[] x) {
    float[] weight = head.get(Heads.WEIGHT).toFloats();
    float[] bias = head.get(Heads.BIAS).toFloats();
    long right =
        IntStream.range(ROWS, ROWS + TEST)
            .parallel()
            .filter(
                i -> {
                  double[] z = new double[CLASSES];
                  for (int k = 0; k < CLASSES; k++) {
                    z[k] = bias[k];
                    for (int j = 0; j < WIDTH; j++) {
                      z[k] += weight[k * WIDTH + j] * x[i * WIDTH + j];
                    }
                  }
                  return Arrays.stream(z).max().orElseThrow() == z[i % CLASSES];
                })
            .count();
    return (double) right / TEST;
  }

  private static double peer(
      float[] x, String python, int rounds, double tolerance, PrintWriter out) throws IOException {
    Path folder = Files.createTempDirectory("graft-head");
    try {
      Peer.unpack(folder, SCRIPT);
      ByteBuffer bytes = ByteBuffer.allocate(x.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(x);
      Path file = Files.write(folder.resolve("x.f32"), bytes.array());
      Process process =
          new ProcessBuilder(
                  python,
                  folder.resolve(SCRIPT).toString(),
                  Integer.toString(Runtime.getRuntime().availableProcessors()),
                  file.toString(),
                  Integer.toString(rounds),
                  Double.toString(Regularization.DEFAULT.headPenalty()),
                  Double.toString(tolerance))
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      JsonNode answer =
          new ObjectMapper()
              .readTree(
                  said.lines()
                      .filter(line -> line.startsWith("@"))
                      .findFirst()
                      .map(line -> line.substring(1))
                      .orElseThrow(() -> new ContenderException("scikit-learn failed: " + said)));
      if (answer.has("error")) {
        throw new ContenderException(answer.path("error").asText());
      }
      double seconds = answer.path("seconds").asDouble();
      print(
          out,
          "scikit-learn " + answer.path("versions").path("scikit-learn").asText(),
          seconds,
          answer.path("accuracy").asDouble());
      return seconds;
    } finally {
      Folders.delete(folder);
    }
  }

  private static void print(PrintWriter out, String who, double seconds, double accuracy) {
    out.printf(Locale.ROOT, "%-20s %6.2f s, accuracy %.4f%n", who, seconds, accuracy);
  }
}
