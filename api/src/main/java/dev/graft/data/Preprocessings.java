package dev.graft.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
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
    return provider(type).read(settings);
  }

  /**
   * As {@link #read(String, Map)}, for one that also has {@link Preprocessing#files}.
   *
   * @param folder where its files are
   */
  public static Preprocessing read(String type, Map<String, Object> settings, Path folder) {
    return provider(type).read(settings, folder);
  }

  private static PreprocessingProvider provider(String type) {
    Map<String, PreprocessingProvider> providers = new TreeMap<>();
    for (PreprocessingProvider provider :
        ServiceLoader.load(PreprocessingProvider.class, Preprocessings.class.getClassLoader())) {
      providers.put(provider.type(), provider);
    }
    PreprocessingProvider provider = providers.get(type);
    if (provider == null) {
      throw new DataException(
          "nothing on the class path reads preprocessing of type '"
              + type
              + "'. There is: "
              + String.join(", ", providers.keySet())
              + ". Texts come with the module graft-text, audio and tables with graft-datasets.");
    }
    return provider;
  }

  /**
   * Makes a preprocessing again from what {@link #settings} said.
   *
   * @param settings with the type under {@code type}
   * @param folder where the files are that they name
   */
  public static Preprocessing read(Map<String, Object> settings, Path folder) {
    if (!(settings.get("type") instanceof String type)) {
      throw new DataException(
          "the settings of a preprocessing need a 'type', such as image, but are " + settings);
    }
    Map<String, Object> rest = new LinkedHashMap<>(settings);
    rest.remove("type");
    return read(type, rest, folder);
  }

  /** The settings with the type among them, as bundles and sidecar files hold them. */
  public static Map<String, Object> settings(Preprocessing preprocessing) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("type", preprocessing.type());
    settings.putAll(preprocessing.settings());
    return settings;
  }

  /**
   * The file beside a model that says how its inputs are prepared: {@code
   * squeezenet.preprocessing.json} for {@code squeezenet.onnx}. It holds {@link #settings}.
   */
  public static Path sidecar(Path model) {
    String name = model.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return model.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".preprocessing.json");
  }
}
