package dev.graft.strategies.heads;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.RegressionTargets;
import dev.graft.data.Targets;
import dev.graft.strategies.linear.RidgeRegression;
import dev.graft.strategies.linear.Standardised;
import dev.graft.tensor.HostTensor;
import dev.graft.transfer.HeadFitter;
import dev.graft.transfer.Output;
import dev.graft.transfer.TransferContext;
import java.util.Arrays;

/**
 * Least squares in closed form: on numbers as they are, on classes as 1 for the own class and -1
 * for the others, whose scores are then no log-probabilities. The penalty is chosen by leaving one
 * example out.
 */
public final class RidgeHead implements HeadFitter {
  @Override
  public String name() {
    return "ridge";
  }

  @Override
  public String description() {
    return "Least squares with an L2 penalty, in closed form.";
  }

  @Override
  public boolean fits(Output output) {
    return output instanceof Output.Numbers || output instanceof Output.Classes;
  }

  @Override
  public Head fit(HostTensor features, Targets targets, TransferContext context) {
    Standardised x = Standardised.jointly(features);
    return new Linear(RidgeRegression.fit(x, rows(targets)));
  }

  private static double[][] rows(Targets targets) {
    double[][] rows = new double[targets.size()][];
    for (int i = 0; i < rows.length; i++) {
      if (targets instanceof RegressionTargets numbers) {
        rows[i] = new double[numbers.names().size()];
        for (int k = 0; k < rows[i].length; k++) {
          rows[i][k] = numbers.values()[i][k];
        }
      } else if (targets instanceof ClassLabels labels) {
        rows[i] = new double[labels.classes().size()];
        Arrays.fill(rows[i], -1);
        rows[i][labels.label(i)] = 1;
      } else {
        throw new DataException("ridge learns numbers and classes");
      }
    }
    return rows;
  }
}
