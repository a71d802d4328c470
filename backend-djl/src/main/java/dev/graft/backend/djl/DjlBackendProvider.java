package dev.graft.backend.djl;

import ai.djl.util.cuda.CudaUtils;
import dev.graft.backend.Availability;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Device;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** Finds PyTorch on the class path, without loading it before it is opened. */
public final class DjlBackendProvider implements BackendProvider {
  static final String NAME = "djl";

  private static final String CPU_ARTIFACT =
      "ai.djl.pytorch:pytorch-native-cpu:2.7.1 with the classifier of this platform";
  private static final String NO_GPU =
      "no GPU for backend 'djl': this class path has PyTorch's CPU libraries. Add"
          + " ai.djl.pytorch:pytorch-native-cu124:2.5.1 with DJL 0.32.0 in their place (Maven profile"
          + " 'djl-gpu'), or point PYTORCH_LIBRARY_PATH at a CUDA build of libtorch 2.7.1 and set"
          + " PYTORCH_FLAVOR (such as cu128), on a machine with an NVIDIA driver";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return 20;
  }

  @Override
  public Availability availability() {
    try {
      return inspect();
    } catch (IOException | LinkageError e) {
      return new Availability(
          List.of(), Map.of(), Optional.of("PyTorch cannot be inspected: " + e.getMessage()));
    }
  }

  private static Availability inspect() throws IOException {
    Map<String, String> versions = versions();
    if (!versions.containsKey("pytorch") && System.getenv("PYTORCH_LIBRARY_PATH") == null) {
      return new Availability(
          List.of(),
          versions,
          Optional.of("PyTorch's libraries are not on the class path; add " + CPU_ARTIFACT));
    }
    List<Device> devices = new ArrayList<>(List.of(Device.CPU));
    for (int i = 0; i < gpus(versions); i++) {
      devices.add(Device.gpu(i));
    }
    Optional<String> problem = devices.size() == 1 ? Optional.of(NO_GPU) : Optional.empty();
    return new Availability(devices, versions, problem);
  }

  private static int gpus(Map<String, String> versions) {
    String flavor =
        Optional.ofNullable(System.getenv("PYTORCH_FLAVOR"))
            .orElse(versions.getOrDefault("flavor", "cpu"));
    return flavor.startsWith("cu") ? CudaUtils.getGpuCount() : 0;
  }

  /** DJL's version, and PyTorch's as its native artifact states it. */
  static Map<String, String> versions() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    versions.put("djl", ai.djl.engine.Engine.getDjlVersion());
    try (InputStream in =
        DjlBackendProvider.class.getResourceAsStream("/native/lib/pytorch.properties")) {
      if (in != null) {
        Properties properties = new Properties();
        properties.load(in);
        versions.put("pytorch", properties.getProperty("version"));
        versions.put("flavor", properties.getProperty("flavor", "cpu"));
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
              ? "backend 'djl' has no device '"
                  + device
                  + "', only "
                  + availability.devices()
                  + ". "
                  + NO_GPU
              : "backend 'djl' cannot run: " + availability.problem().orElse("no device"));
    }
    return new DjlBackend(device, options, availability.versions());
  }
}
