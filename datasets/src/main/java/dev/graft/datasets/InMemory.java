package dev.graft.datasets;

import dev.graft.data.ContentDigest;
import dev.graft.data.Dataset;
import dev.graft.data.ImageSample;
import dev.graft.data.Sample;
import dev.graft.data.TensorSample;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Examples that were read as a whole from one file and stay in memory.
 *
 * @param <S> what they are
 */
final class InMemory<S extends Sample> implements Dataset {
  private final String name;
  private final List<S> samples;
  private final IntFunction<String> ids;
  private final List<String> groups;
  private volatile @Nullable String fingerprint;

  /**
   * @param groups of each example, or an empty list
   */
  InMemory(String name, List<S> samples, IntFunction<String> ids, List<String> groups) {
    this.name = name;
    this.samples = List.copyOf(samples);
    this.ids = ids;
    this.groups = List.copyOf(groups);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return samples.size();
  }

  @Override
  public S sample(int i) {
    return samples.get(i);
  }

  @Override
  public String id(int i) {
    return ids.apply(i);
  }

  @Override
  public Optional<String> group(int i) {
    return groups.isEmpty() ? Optional.empty() : Optional.of(groups.get(i));
  }

  @Override
  public String fingerprint() {
    String known = fingerprint;
    if (known == null) {
      ContentDigest digest = new ContentDigest().add("in-memory");
      samples.forEach(s -> add(digest, s));
      known = digest.hex();
      fingerprint = known;
    }
    return known;
  }

  @Override
  public String fingerprint(int i) {
    ContentDigest digest = new ContentDigest();
    add(digest, samples.get(i));
    return digest.hex();
  }

  private static void add(ContentDigest digest, Sample sample) {
    if (sample instanceof ImageSample image) {
      digest.add(image.width()).add(image.height()).add(image.channels()).add(image.pixels());
    } else if (sample instanceof TensorSample tensor) {
      digest.add(tensor.values().type().toString()).add(tensor.values().bytes());
    } else {
      digest.add(sample.toString()); // records of texts print all of their content
    }
  }
}
