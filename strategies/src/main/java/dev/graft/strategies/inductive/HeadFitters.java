package dev.graft.strategies.inductive;

import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Inductive;
import dev.graft.transfer.Output;
import dev.graft.transfer.StrategyException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The head fitters that are on the class path. */
final class HeadFitters {
  private HeadFitters() {}

  /**
   * The fitter with this name.
   *
   * @throws StrategyException if there is none, or it cannot learn this output
   */
  static HeadFitter get(String name, Output output) {
    List<String> known = new ArrayList<>(List.of(Inductive.LINEAR, Inductive.MLP));
    for (HeadFitter fitter : ServiceLoader.load(HeadFitter.class)) {
      if (fitter.name().equals(name)) {
        if (!fitter.fits(output)) {
          throw new StrategyException(
              "head '" + name + "' cannot learn targets of the kind '" + output.kind() + "'");
        }
        return fitter;
      }
      known.add(fitter.name());
    }
    throw new StrategyException("there is no head '" + name + "'; there is " + known);
  }
}
