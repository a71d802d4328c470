package dev.graft.testkit.cases;

import dev.graft.random.Seed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Random nodes for every row of the operator table: shapes, attributes and values are drawn from a
 * seed, so that the same seed gives the same nodes on every machine.
 */
public final class Catalogue {
  /** One generated node with a name such as {@code Conv#2}. */
  public record Entry(String name, Sample sample) {}

  private final Seed seed;
  private final Map<String, Integer> counts = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();

  private Catalogue(Seed seed) {
    this.seed = seed;
  }

  /** All nodes that a seed gives. */
  public static List<Entry> draw(Seed seed) {
    Catalogue catalogue = new Catalogue(seed);
    ElementwiseSamples.addTo(catalogue);
    ActivationSamples.addTo(catalogue);
    ReductionSamples.addTo(catalogue);
    ShapeSamples.addTo(catalogue);
    IndexingSamples.addTo(catalogue);
    LinearAlgebraSamples.addTo(catalogue);
    ConvolutionSamples.addTo(catalogue);
    PoolingSamples.addTo(catalogue);
    ResizeSamples.addTo(catalogue);
    NormalizationSamples.addTo(catalogue);
    RecurrentSamples.addTo(catalogue);
    AttentionSamples.addTo(catalogue);
    LossSamples.addTo(catalogue);
    QuantizationSamples.addTo(catalogue);
    UpdateSamples.addTo(catalogue);
    return List.copyOf(catalogue.entries);
  }

  /** Adds so many nodes that a generator draws. */
  void add(int times, Function<Draw, Sample> generator) {
    for (int i = 0; i < times; i++) {
      String key = entries.size() + "";
      Sample sample = generator.apply(new Draw(seed.derive(key)));
      int number = counts.merge(sample.operator(), 1, Integer::sum);
      entries.add(new Entry(sample.operator() + "#" + number, sample));
    }
  }

  /** Adds the same kind of node for several operators. */
  void addAll(int times, Function<Draw, Function<String, Sample>> generator, String... operators) {
    Stream.of(operators)
        .forEach(operator -> add(times, draw -> generator.apply(draw).apply(operator)));
  }
}
