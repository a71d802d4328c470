package dev.graft.backend.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.graft.backend.BackendException;
import dev.graft.backend.Device;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The native library, loaded on first use, once per process. */
final class Engine {
  private static final String GPU_ADVICE =
      "Put com.microsoft.onnxruntime:onnxruntime_gpu on the class path in place of"
          + " com.microsoft.onnxruntime:onnxruntime (Maven profile 'onnx-gpu') and install CUDA 12"
          + " with cuDNN 9, or choose --device cpu.";

  private Engine() {}

  /**
   * The process's ONNX Runtime. Nobody closes it.
   *
   * @throws BackendException if the library is missing or does not load
   */
  static OrtEnvironment environment() {
    try {
      return Holder.ENVIRONMENT;
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new BackendException(
          "ONNX Runtime does not load on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ": "
              + cause.getMessage()
              + ". Add com.microsoft.onnxruntime:onnxruntime to the class path, and leave room in "
              + System.getProperty("java.io.tmpdir")
              + ", where its library is unpacked.",
          e);
    }
  }

  private static final class Holder {
    static final OrtEnvironment ENVIRONMENT = create();

    private static OrtEnvironment create() {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "graft");
      try {
        environment.setTelemetry(false);
      } catch (OrtException e) {
        throw new IllegalStateException("ONNX Runtime refused to turn its telemetry off", e);
      }
      return environment;
    }
  }

  static Map<String, String> versions() {
    return Map.of("onnxruntime", environment().getVersion());
  }

  /** Why there is no GPU, and what to add; empty if there seems to be one. */
  static Optional<String> whyNoGpu() {
    environment();
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      return Optional.of("this build of ONNX Runtime has no CUDA. " + GPU_ADVICE);
    }
    return gpuCount() > 0
        ? Optional.empty()
        : Optional.of("ONNX Runtime's CUDA build is here, but no NVIDIA device is.");
  }

  /** NVIDIA devices, by what their driver shows; one where it cannot be asked. */
  static int gpuCount() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return 1;
    }
    int count = 0;
    try (DirectoryStream<Path> nodes = Files.newDirectoryStream(Path.of("/dev"), "nvidia[0-9]*")) {
      for (Path ignored : nodes) {
        count++;
      }
    } catch (IOException e) {
      return 0;
    }
    return count;
  }

  /** Checks that a device is there, and says what to add if it is not. */
  static void check(Device device) {
    environment();
    if (device.kind() == Device.Kind.CPU) {
      if (device.index() != 0) {
        throw new BackendException("backend 'onnx' has one CPU device, called cpu");
      }
      return;
    }
    Optional<String> problem = whyNoGpu();
    if (problem.isPresent()) {
      throw new BackendException("backend 'onnx' has no " + device + ": " + problem.get());
    }
    try (SessionOptions options = new SessionOptions()) {
      options.addCUDA(device.index());
    } catch (OrtException e) {
      throw new BackendException(
          "backend 'onnx' cannot use " + device + ": " + e.getMessage() + ". " + GPU_ADVICE, e);
    }
  }
}
