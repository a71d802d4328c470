package dev.graft.backend.tensorflow;

import dev.graft.backend.Availability;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Device;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds TensorFlow on the class path, without loading it before it is opened.
 *
 * <p>TensorFlow writes notes about itself to standard error when it is loaded, unless the
 * environment variable {@code TF_CPP_MIN_LOG_LEVEL} is 1 (warnings) or 2 (errors) when the process
 * starts; from inside a Java process there is no way to say so.
 */
public final class TensorFlowBackendProvider implements BackendProvider {
  static final String NAME = "tensorflow";

  private static final String LIBRARY = "/org/tensorflow/internal/c_api/%s/libtensorflow_cc.%s";
  private static final String CPU_ARTIFACT =
      "org.tensorflow:tensorflow-core-native:1.1.0 with the classifier of this platform, such as"
          + " linux-x86_64";
  private static final String NO_GPU =
      "no GPU for backend 'tensorflow'. Add org.tensorflow:tensorflow-core-native:1.1.0 with the"
          + " classifier linux-x86_64-gpu in the place of the CPU's (Maven profile"
          + " 'tensorflow-gpu'), on a machine with an NVIDIA driver";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return 30;
  }

  @Override
  public Availability availability() {
    try {
      return inspect();
    } catch (IOException | LinkageError e) {
      return new Availability(
          List.of(), Map.of(), Optional.of("TensorFlow cannot be inspected: " + e.getMessage()));
    }
  }

  private static Availability inspect() throws IOException {
    Map<String, String> versions = versions();
    boolean gpuLibrary = has(platform() + "-gpu");
    if (!gpuLibrary && !has(platform())) {
      return new Availability(
          List.of(),
          versions,
          Optional.of("TensorFlow's libraries are not on the class path; add " + CPU_ARTIFACT));
    }
    List<Device> devices = new ArrayList<>(List.of(Device.CPU));
    for (int i = 0; gpuLibrary && i < gpus(); i++) {
      devices.add(Device.gpu(i));
    }
    Optional<String> problem = devices.size() == 1 ? Optional.of(NO_GPU) : Optional.empty();
    return new Availability(devices, versions, problem);
  }

  private static boolean has(String platform) {
    return Stream.of("so.2", "2.dylib", "dll")
        .map(suffix -> LIBRARY.formatted(platform, suffix))
        .anyMatch(path -> TensorFlowBackendProvider.class.getResource(path) != null);
  }

  /** The platform as the native artifacts call it. */
  private static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String system = os.startsWith("mac") ? "macosx" : os.startsWith("win") ? "windows" : "linux";
    return system + "-" + (arch.equals("amd64") || arch.equals("x86_64") ? "x86_64" : "arm64");
  }

  /** How many GPUs NVIDIA's driver for Linux lists. */
  private static int gpus() throws IOException {
    Path list = Path.of("/proc/driver/nvidia/gpus");
    if (!Files.isDirectory(list)) {
      return 0;
    }
    try (Stream<Path> entries = Files.list(list)) {
      return (int) entries.count();
    }
  }

  private static Map<String, String> versions() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    try (InputStream in =
        TensorFlowBackendProvider.class.getResourceAsStream(
            "/META-INF/maven/org.tensorflow/tensorflow-core-native/pom.properties")) {
      if (in != null) {
        Properties properties = new Properties();
        properties.load(in);
        versions.put("tensorflow-java", properties.getProperty("version"));
      }
    }
    return versions;
  }

  @Override
  public Backend open(Device device, BackendOptions options) {
    Availability availability = availability();
    if (!availability.devices().contains(device)) {
      throw new BackendException(
          availability.isAvailable()
              ? "backend 'tensorflow' has no device '"
                  + device
                  + "', only "
                  + availability.devices()
                  + ". "
                  + NO_GPU
              : "backend 'tensorflow' cannot run: " + availability.problem().orElse("no device"));
    }
    try {
      return new TensorFlowBackend(device, options, availability.versions());
    } catch (LinkageError e) {
      throw new BackendException(
          "backend 'tensorflow' cannot load TensorFlow's libraries ("
              + e.getMessage()
              + "). Add "
              + CPU_ARTIFACT
              + ", and leave about 700 MB free where they are unpacked (~/.javacpp/cache, or the"
              + " system property org.bytedeco.javacpp.cachedir)",
          e);
    }
  }
}
