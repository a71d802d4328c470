package dev.graft.strategies.training;

import java.util.Collections;
import java.util.List;

/**
 * What a range test found.
 *
 * @param rates rising learning rates
 * @param losses the smoothed loss at each
 */
public record RateCurve(List<Double> rates, List<Double> losses) {
  public RateCurve {
    rates = List.copyOf(rates);
    losses = List.copyOf(losses);
  }

  /** A tenth of the rate at which the loss is lowest: a good peak for a schedule. */
  public double suggestion() {
    return rates.get(losses.indexOf(Collections.min(losses))) / 10;
  }
}
