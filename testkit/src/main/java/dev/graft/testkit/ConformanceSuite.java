package dev.graft.testkit;

import dev.graft.random.Seed;
import dev.graft.testkit.cases.Catalogue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cases of the conformance kit, in groups. */
public final class ConformanceSuite {
  /** The seed of the catalogue where nothing else is said. */
  public static final Seed SEED = new Seed(7);

  private ConformanceSuite() {}

  /**
   * All cases.
   *
   * @param seed decides the random nodes
   * @param nodes a folder of ONNX's operator cases; empty to leave them out
   * @param gradients a folder of whole models with recorded gradients; empty to leave them out
   */
  public static List<ConformanceCase> cases(
      Seed seed, Optional<Path> nodes, Optional<Path> gradients) {
    List<ConformanceCase> cases = new ArrayList<>(own(seed));
    nodes.ifPresent(directory -> cases.addAll(nodes(directory)));
    gradients.ifPresent(directory -> cases.addAll(gradients(directory)));
    return cases;
  }

  /** The cases that need no files. */
  public static List<ConformanceCase> own(Seed seed) {
    List<ConformanceCase> cases = new ArrayList<>(OperatorCases.all(seed));
    cases.addAll(RefusalCases.all(Catalogue.draw(seed)));
    cases.addAll(ContractCases.all());
    cases.addAll(TrainingCases.all());
    cases.addAll(ExportCases.all());
    cases.addAll(ConcurrencyCases.all());
    cases.addAll(MemoryCases.all());
    return cases;
  }

  /** ONNX's operator cases: a folder of folders with {@code model.onnx} and tensors. */
  public static List<ConformanceCase> nodes(Path directory) {
    return NodeCases.in(directory);
  }

  /** Whole models with the gradients that PyTorch recorded, a folder each. */
  public static List<ConformanceCase> gradients(Path directory) {
    return WholeModelCases.in(directory);
  }
}
