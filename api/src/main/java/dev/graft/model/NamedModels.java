package dev.graft.model;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The pre-trained networks that the class path offers by name. Immutable. */
public final class NamedModels {
  private final Map<String, NamedModel> models;

  private NamedModels(Map<String, NamedModel> models) {
    this.models = models;
  }

  /** Those that the thread's context class loader finds. */
  public static NamedModels discover() {
    Map<String, NamedModel> found = new TreeMap<>();
    ServiceLoader.load(NamedModel.class, Thread.currentThread().getContextClassLoader())
        .forEach(m -> found.put(m.name(), m));
    return new NamedModels(found);
  }

  public Optional<NamedModel> find(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /**
   * @throws ModelFormatException if there is none of this name; the message names those there are
   */
  public NamedModel get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new ModelFormatException(
                    "there is no model '"
                        + name
                        + "'; this class path has "
                        + (models.isEmpty()
                            ? "none. Add dev.graft:graft-text"
                            : String.join(", ", models.keySet()))));
  }

  /** All of them, by name. */
  public Iterable<NamedModel> all() {
    return models.values();
  }
}
