package dev.graft.data;

import java.util.Arrays;
import java.util.Optional;

/**
 * Some examples of another data set.
 *
 * @param base the whole, itself no view
 * @param positions which examples of it these are
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the methods below
public record DatasetView(Dataset base, int[] positions) implements Dataset {
  @Override
  public String name() {
    return base.name();
  }

  @Override
  public int size() {
    return positions.length;
  }

  @Override
  public Sample sample(int i) {
    return base.sample(positions[i]);
  }

  @Override
  public String id(int i) {
    return base.id(positions[i]);
  }

  @Override
  public String fingerprint() {
    return new ContentDigest().add(base.fingerprint()).add(positions).hex();
  }

  @Override
  public String fingerprint(int i) {
    return base.fingerprint(positions[i]);
  }

  @Override
  public Optional<String> group(int i) {
    return base.group(positions[i]);
  }

  @Override
  public Dataset subset(int[] chosen) {
    return new DatasetView(base, Arrays.stream(chosen).map(i -> positions[i]).toArray());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DatasetView v
        && v.base.equals(base)
        && Arrays.equals(v.positions, positions);
  }

  @Override
  public int hashCode() {
    return 31 * base.hashCode() + Arrays.hashCode(positions);
  }
}
