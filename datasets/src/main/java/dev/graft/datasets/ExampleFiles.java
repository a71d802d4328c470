package dev.graft.datasets;

import dev.graft.data.ContentDigest;
import dev.graft.data.Dataset;
import dev.graft.data.Sample;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One file per example, decoded each time it is asked for. Digests are of the files' bytes,
 * computed when first wanted, by all processors.
 */
final class ExampleFiles implements Dataset {
  /** Makes an example of a file's bytes. */
  interface Decoder {
    /**
     * @param id names the file in messages
     */
    Sample decode(byte[] bytes, String id);
  }

  private final String name;
  private final Path root;
  private final List<Path> files;
  private final List<String> groups;
  private final Decoder decoder;
  private volatile String @Nullable [] digests;

  /**
   * @param root the folder against which {@link #id} names the files
   * @param groups of each file, or an empty list
   */
  ExampleFiles(String name, Path root, List<Path> files, List<String> groups, Decoder decoder) {
    this.name = name;
    this.root = root;
    this.files = List.copyOf(files);
    this.groups = List.copyOf(groups);
    this.decoder = decoder;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public Sample sample(int i) {
    Path file = files.get(i);
    return decoder.decode(Compressed.plain(file), file.toString());
  }

  @Override
  public String id(int i) {
    Path file = files.get(i);
    return (file.startsWith(root) ? root.relativize(file) : file).toString().replace('\\', '/');
  }

  @Override
  public Optional<String> group(int i) {
    return groups.isEmpty() ? Optional.empty() : Optional.of(groups.get(i));
  }

  @Override
  public String fingerprint() {
    ContentDigest digest = new ContentDigest().add("files");
    for (int i = 0; i < files.size(); i++) {
      digest.add(id(i)).add(fingerprint(i));
    }
    return digest.hex();
  }

  @Override
  public String fingerprint(int i) {
    String[] known = digests;
    if (known == null) {
      known =
          IntStream.range(0, files.size())
              .parallel()
              .mapToObj(f -> new ContentDigest().add(Compressed.plain(files.get(f))).hex())
              .toArray(String[]::new);
      digests = known;
    }
    return known[i];
  }
}
