package dev.graft.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends on a class path. */
public final class Backends {
  /** What to add when there is none. */
  private static final String ARTIFACTS =
      "Add one of dev.graft:graft-backend-onnx, dev.graft:graft-backend-djl or"
          + " dev.graft:graft-backend-tensorflow to the class path.";

  private final List<BackendProvider> providers;

  private Backends(List<BackendProvider> providers) {
    this.providers = List.copyOf(providers);
  }

  /** Those that the thread's context class loader finds. */
  public static Backends discover() {
    return discover(Thread.currentThread().getContextClassLoader());
  }

  public static Backends discover(ClassLoader loader) {
    List<BackendProvider> found = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class, loader).forEach(found::add);
    return of(found);
  }

  /** A fixed choice, for applications that wire themselves. */
  public static Backends of(List<BackendProvider> providers) {
    return new Backends(
        providers.stream()
            .sorted(
                Comparator.comparingInt(BackendProvider::preference)
                    .thenComparing(BackendProvider::name))
            .toList());
  }

  /** All of them, in the default order. */
  public List<BackendProvider> providers() {
    return providers;
  }

  /** The one with this name. */
  public BackendProvider get(String name) {
    Optional<BackendProvider> match =
        providers.stream().filter(p -> p.name().equals(name)).findFirst();
    return match.orElseThrow(
        () ->
            new BackendException(
                "no backend '"
                    + name
                    + "' on the class path; "
                    + (providers.isEmpty()
                        ? "there is none at all. " + ARTIFACTS
                        : "there is " + names() + ". " + ARTIFACTS)));
  }

  /** The first available one in the default order. */
  public BackendProvider preferred() {
    if (providers.isEmpty()) {
      throw new BackendException("no backend on the class path. " + ARTIFACTS);
    }
    return providers.stream()
        .filter(p -> p.availability().isAvailable())
        .findFirst()
        .orElseThrow(
            () ->
                new BackendException(
                    "none of the backends can run here: "
                        + providers.stream()
                            .map(
                                p ->
                                    p.name()
                                        + ": "
                                        + p.availability().problem().orElse("no device"))
                            .collect(Collectors.joining("; "))));
  }

  /** The named backend, or the preferred one where the name is empty. */
  public BackendProvider choose(Optional<String> name) {
    return name.map(this::get).orElseGet(this::preferred);
  }

  /** Opens the preferred backend on the CPU with default options. The caller closes it. */
  public Backend open() {
    return preferred().open(Device.CPU, BackendOptions.DEFAULT);
  }

  private String names() {
    return providers.stream().map(p -> "'" + p.name() + "'").collect(Collectors.joining(", "));
  }
}
