package dev.graft.integration;

import dev.graft.backend.Backend;
import dev.graft.backend.BackendOptions;
import dev.graft.backend.Backends;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.Program;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.random.Seed;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.Map;

/**
 * A program for a process of its own: runs a graph on one engine without a pause, until somebody
 * ends the process. One run takes seconds, for a JVM that ends gives native code 0.3 s to return.
 */
final class RunsUntilEnded {
  /** What it prints when it is at work. */
  static final String RUNNING = "running";

  private static final int LAYERS = 1000;

  private RunsUntilEnded() {}

  /** Argument: the backend. */
  public static void main(String[] args) {
    TensorType images = TensorType.of(DType.FLOAT32, 16, 16, 32, 32);
    TensorType kernel = TensorType.of(DType.FLOAT32, 16, 16, 3, 3);
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", images);
    Value w = g.input("w", kernel);
    for (int i = 0; i < LAYERS; i++) {
      x = g.op("Conv", Attributes.of("pads", new long[] {1, 1, 1, 1}), x, w);
    }
    g.output(g.op("ReduceMax", Attributes.of("keepdims", 0), x), "y");
    Map<String, HostTensor> feeds =
        Map.of(
            "x", HostTensor.fromDoubles(images, new Seed(1)::gaussian),
            "w", HostTensor.fromDoubles(kernel, i -> new Seed(2).gaussian(i) / 12));
    try (Backend backend =
            Backends.discover().get(args[0]).open(Device.CPU, new BackendOptions(1));
        Program program =
            backend.compile(g.build(), ParameterStore.EMPTY, CompileOptions.INFERENCE)) {
      for (int i = 0; i < 1000; i++) {
        program.runToHost(feeds);
        System.out.println(RUNNING);
      }
    }
  }
}
