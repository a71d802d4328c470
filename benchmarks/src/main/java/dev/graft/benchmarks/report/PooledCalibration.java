package dev.graft.benchmarks.report;

import dev.graft.benchmarks.suite.CellResult;
import dev.graft.eval.Calibration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The calibration of several cells taken together, as if their predictions were of one model. */
final class PooledCalibration {
  private PooledCalibration() {}

  /** Of the cells with the most labels, by strategy. */
  static Map<String, List<Calibration.Bin>> of(List<CellResult> cells) {
    int most = StoryCells.mostLabels(cells);
    Map<String, List<List<Calibration.Bin>>> byStrategy = new LinkedHashMap<>();
    for (CellResult r : cells) {
      if (r.cell().labelsPerClass() == most && !r.outcome().calibration().isEmpty()) {
        byStrategy
            .computeIfAbsent(r.cell().strategy(), s -> new ArrayList<>())
            .add(r.outcome().calibration());
      }
    }
    Map<String, List<Calibration.Bin>> pooled = new LinkedHashMap<>();
    byStrategy.forEach((strategy, all) -> pooled.put(strategy, pool(all)));
    return pooled;
  }

  private static List<Calibration.Bin> pool(List<List<Calibration.Bin>> cells) {
    List<Calibration.Bin> bins = new ArrayList<>();
    for (int b = 0; b < cells.get(0).size(); b++) {
      int count = 0;
      double confidence = 0;
      double right = 0;
      for (List<Calibration.Bin> cell : cells) {
        Calibration.Bin bin = cell.get(b);
        count += bin.count();
        confidence += bin.count() * bin.confidence();
        right += bin.count() * bin.accuracy();
      }
      if (count > 0) {
        bins.add(new Calibration.Bin(count, confidence / count, right / count));
      }
    }
    return bins;
  }
}
