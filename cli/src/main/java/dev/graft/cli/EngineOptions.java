package dev.graft.cli;

import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import dev.graft.backend.Device;
import dev.graft.backend.Precision;
import dev.graft.model.NativeModel;
import dev.graft.strategies.BackendChoice;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** The options by which a command chooses its engine. */
final class EngineOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "The engine: onnx, djl or tensorflow. Without it the first that can run here.")
  private @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      converter = DeviceConverter.class,
      description = "cpu, gpu or gpu:N. Default: ${DEFAULT-VALUE}.")
  private Device device = Device.CPU;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Compute threads; 0 for all processors, the default.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      converter = PrecisionConverter.class,
      description = "fp32, or bf16 for products in bfloat16 where the backend has it.")
  private Precision precision = Precision.FLOAT32;

  static final class PrecisionConverter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      return Precision.parse(text);
    }
  }

  static final class DeviceConverter implements ITypeConverter<Device> {
    @Override
    public Device convert(String text) {
      return Device.parse(text);
    }
  }

  /** The choice, with the backend named: where nobody named one, it is said which was taken. */
  BackendChoice choice(PrintWriter err) {
    Backends backends = Backends.discover();
    BackendProvider provider = backends.choose(Optional.ofNullable(backend));
    long others =
        backends.providers().stream().filter(p -> p.availability().isAvailable()).count() - 1;
    if (backend == null && others > 0) {
      err.println("graft: backend '" + provider.name() + "', the first in the default order");
    }
    return new BackendChoice(Optional.of(provider.name()), device, options(), precision);
  }

  /** The engine that a model of its own format runs on, and no other. */
  BackendChoice choice(NativeModel model) {
    String only = model.format().backend();
    if (backend != null && !backend.equals(only)) {
      throw new BackendException(
          model.name()
              + " is in the format '"
              + model.format().name()
              + "', which backend '"
              + only
              + "' runs, not '"
              + backend
              + "'; leave --backend out");
    }
    return new BackendChoice(Optional.of(only), device, options(), precision);
  }

  BackendOptions options() {
    return new BackendOptions(threads);
  }

  Device device() {
    return device;
  }

  /** The backend that was named, if one was. */
  Optional<String> name() {
    return Optional.ofNullable(backend);
  }
}
