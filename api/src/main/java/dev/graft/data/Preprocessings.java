package dev.graft.data;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of preprocessing on the class path. */
public final class Preprocessings {
  private Preprocessings() {}

  /**
   * Makes a preprocessing again from what {@link Preprocessing#type} and {@link
   * Preprocessing#settings} said.
   *
   * @throws DataException if no provider on the class path reads this type, or a setting is wrong
   */
  public static Preprocessing read(String type, Map<String, Object> settings) {
    return read(type, settings, Preprocessings.class.getClassLoader());
  }

  /** As {@link #read(String, Map)}, with providers found by the given class loader. */
  public static Preprocessing read(
      String type, Map<String, Object> settings, ClassLoader classLoader) {
    Map<String, PreprocessingProvider> providers = new TreeMap<>();
    for (PreprocessingProvider provider :
        ServiceLoader.load(PreprocessingProvider.class, classLoader)) {
      providers.put(provider.type(), provider);
    }
    PreprocessingProvider provider = providers.get(type);
    if (provider == null) {
      throw new DataException(
          "nothing on the class path reads preprocessing of type '"
              + type
              + "'. There is: "
              + String.join(", ", providers.keySet())
              + ". Text and audio come with the module graft-datasets.");
    }
    return provider.read(settings);
  }
}
