package dev.graft.backend.onnx;

import dev.graft.backend.Availability;
import dev.graft.backend.Backend;
import dev.graft.backend.BackendException;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Offers ONNX Runtime under the name {@code onnx}. */
public final class OnnxBackendProvider implements BackendProvider {
  static final String NAME = "onnx";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return 10;
  }

  @Override
  public Availability availability() {
    try {
      List<Device> devices = new ArrayList<>(List.of(Device.CPU));
      Optional<String> noGpu = Engine.whyNoGpu();
      if (noGpu.isEmpty()) {
        for (int i = 0; i < Engine.gpuCount(); i++) {
          devices.add(Device.gpu(i));
        }
      }
      return new Availability(devices, Engine.versions(), noGpu);
    } catch (BackendException e) {
      return new Availability(List.of(), Map.of(), Optional.ofNullable(e.getMessage()));
    }
  }

  @Override
  public Backend open(Device device, BackendOptions options) {
    return new OnnxBackend(device, options);
  }
}
