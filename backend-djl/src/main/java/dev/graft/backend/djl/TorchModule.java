package dev.graft.backend.djl;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import dev.graft.backend.BackendException;
import dev.graft.backend.Lowering;
import dev.graft.backend.Precision;
import dev.graft.backend.SpecializedPrograms;
import dev.graft.backend.UnsupportedGraphException;
import dev.graft.graph.Graph;
import dev.graft.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph with fixed shapes as a TorchScript module.
 *
 * @param graph the lowered graph, in whose order of inputs the module takes its arguments
 * @param constants what it takes behind them
 */
record TorchModule(Graph graph, PtSymbolBlock block, List<PtNDArray> constants, PtNDManager manager)
    implements AutoCloseable {

  static TorchModule compile(DjlBackend backend, Graph specialized, Precision precision) {
    Graph lowered =
        Lowering.lower(
            TorchForms.apply(specialized),
            DjlBackendProvider.NAME,
            TorchOperators::translates,
            precision);
    ProgramText.Translated text = ProgramText.of(lowered);
    PtNDManager manager = backend.newManager();
    try {
      PtSymbolBlock block = Torch.load(manager, text.methods());
      List<PtNDArray> constants =
          text.constants().stream().map(c -> Torch.share(manager, c)).toList();
      return new TorchModule(lowered, block, constants, manager);
    } catch (EngineException e) {
      manager.close();
      throw new BackendException(
          "PyTorch refused a translated program: " + e.getMessage() + "\n" + text.methods(), e);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Refuses at once what cannot run: with fixed shapes all of it, else what no sizes could make
   * run, which are operators without translation and decomposition.
   */
  static void check(Graph graph) {
    if (SpecializedPrograms.isFixed(graph)) {
      Lowering.lower(graph, DjlBackendProvider.NAME, TorchOperators::translates);
      return;
    }
    Map<Node, String> refused = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (!TorchOperators.has(node.operator().name()) && node.operator().decomposition() == null) {
        refused.put(node, "no translation to TorchScript");
      }
    }
    if (!refused.isEmpty()) {
      throw new UnsupportedGraphException(DjlBackendProvider.NAME, refused);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
