package dev.graft.testkit.reference;

import dev.graft.backend.Backend;
import dev.graft.backend.CompileOptions;
import dev.graft.backend.Device;
import dev.graft.backend.EngineState;
import dev.graft.backend.Lowering;
import dev.graft.backend.NodeSignature;
import dev.graft.backend.Program;
import dev.graft.backend.State;
import dev.graft.backend.Support;
import dev.graft.graph.Graph;
import dev.graft.graph.ParameterStore;
import dev.graft.tensor.HostTensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The oracle as a backend: the smallest complete one, to be read before writing another. An engine
 * would translate the lowered graph into its own program; this one interprets it.
 */
final class ReferenceBackend implements Backend {
  private final ReferenceMemory memory = new ReferenceMemory();

  @Override
  public String name() {
    return ReferenceBackendProvider.NAME;
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public Map<String, String> versions() {
    return ReferenceBackendProvider.versions();
  }

  @Override
  public Support supports(NodeSignature node) {
    String operator = node.operator().name();
    if (operator.equals("Dropout") && node.hasInput(2) && !isFalse(node.constants().get(2))) {
      return Support.no("it draws at random; in Graft masks are inputs, drawn from a seed");
    }
    return ReferenceInterpreter.hasKernel(operator)
        ? Support.YES
        : Support.no("there is no reference kernel for it");
  }

  private static boolean isFalse(@Nullable HostTensor constant) {
    return constant != null && constant.getLong(0) == 0;
  }

  @Override
  public Program compile(Graph graph, ParameterStore store, CompileOptions options) {
    memory.requireOpen();
    Map<String, HostTensor> compiledIn = options.compiledIn(this, graph, store);
    Graph lowered = Lowering.lower(graph, name(), this::supports);
    return new ReferenceProgram(memory, graph, ReferenceInterpreter.of(lowered), compiledIn);
  }

  @Override
  public State newState(ParameterStore values) {
    memory.requireOpen();
    return new EngineState<>(memory, values);
  }

  @Override
  public void close() {
    memory.close();
  }
}
