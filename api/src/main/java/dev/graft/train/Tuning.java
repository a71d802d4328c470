package dev.graft.train;

import static dev.graft.train.Ranges.require;

import java.util.List;

/**
 * Which parameters of a pre-trained network fine-tuning moves, and how fast. Immutable.
 *
 * @param method what is trained
 * @param lora the adapters of {@link Method#LORA}
 * @param headFirst whether the new head is first fitted to the frozen backbone
 * @param backboneRateFactor the rate of the pre-trained layers as a part of the schedule's
 * @param lowestRateFactor the rate of the lowest pre-trained layer as a part of the highest one's;
 *     from layer to layer it falls by the same factor, so that it means the same in networks of any
 *     depth (discriminative rates, Howard and Ruder 2018)
 * @param relativeRates whether AdamW's rates of pre-trained parameters, and of a head that was
 *     fitted first, count in units of each one's root mean square, so that one rate fits every
 *     network: 0.001 moves each by a thousandth of its size in a step (Shazeer and Stern 2018,
 *     section 8)
 * @param unfreezeEpochs the epochs over which layers are unfrozen, from the head down; the head
 *     alone is trained in the first (gradual unfreezing, Howard and Ruder 2018). 0 for all at once
 * @param freeze patterns of logical parameter names, with {@code *} for any characters, that stay
 *     as they are
 * @param freezeLayers the number of layers, counted from the data, that stay as they are; if
 *     negative, all but so many layers do: -1 trains the head alone
 * @param batchNorm what batch normalisation does; training from scratch always uses batch
 *     statistics
 */
public record Tuning(
    Method method,
    Lora lora,
    boolean headFirst,
    double backboneRateFactor,
    double lowestRateFactor,
    boolean relativeRates,
    int unfreezeEpochs,
    List<String> freeze,
    int freezeLayers,
    BatchNormPolicy batchNorm) {
  public static final Tuning DEFAULT =
      new Tuning(
          Method.FULL,
          Lora.DEFAULT,
          true,
          1,
          1,
          true,
          0,
          List.of(),
          0,
          BatchNormPolicy.FROZEN_STATISTICS);

  /** What of the pre-trained network is trained, beside the new head. */
  public enum Method {
    /** Every parameter that is not frozen. */
    FULL,
    /** Low-rank adapters beside the weights, merged into them at the end (Hu et al. 2021). */
    LORA,
    /** Biases, those of normalisations included (Ben Zaken, Ravfogel, Goldberg 2022). */
    BIASES
  }

  /**
   * Low-rank adapters; see {@link dev.graft.graph.edit.LowRankAdapters}.
   *
   * @param rank of the products
   * @param alpha the strength: products are scaled by {@code alpha / rank}
   * @param weights patterns of logical names of the weights to adapt; empty for all that can be
   */
  public record Lora(int rank, double alpha, List<String> weights) {
    public static final Lora DEFAULT = new Lora(4, 8, List.of());

    public Lora {
      require(rank >= 1, "rank", "at least 1", rank);
      require(alpha > 0, "alpha", "above 0", alpha);
      weights = List.copyOf(weights);
    }

    public Lora withRank(int other) {
      return new Lora(other, alpha, weights);
    }

    public Lora withAlpha(double other) {
      return new Lora(rank, other, weights);
    }

    public Lora withWeights(String... patterns) {
      return new Lora(rank, alpha, List.of(patterns));
    }
  }

  public Tuning {
    require(backboneRateFactor >= 0, "backboneRateFactor", "at least 0", backboneRateFactor);
    require(
        lowestRateFactor > 0 && lowestRateFactor <= 1,
        "lowestRateFactor",
        "in (0, 1]",
        lowestRateFactor);
    require(unfreezeEpochs >= 0, "unfreezeEpochs", "at least 0", unfreezeEpochs);
    freeze = List.copyOf(freeze);
  }

  public Tuning withMethod(Method other) {
    return new Tuning(
        other,
        lora,
        headFirst,
        backboneRateFactor,
        lowestRateFactor,
        relativeRates,
        unfreezeEpochs,
        freeze,
        freezeLayers,
        batchNorm);
  }

  public Tuning withLora(Lora other) {
    return new Tuning(
        method,
        other,
        headFirst,
        backboneRateFactor,
        lowestRateFactor,
        relativeRates,
        unfreezeEpochs,
        freeze,
        freezeLayers,
        batchNorm);
  }

  public Tuning withHeadFirst(boolean other) {
    return new Tuning(
        method,
        lora,
        other,
        backboneRateFactor,
        lowestRateFactor,
        relativeRates,
        unfreezeEpochs,
        freeze,
        freezeLayers,
        batchNorm);
  }

  public Tuning withBackboneRateFactor(double other) {
    return new Tuning(
        method,
        lora,
        headFirst,
        other,
        lowestRateFactor,
        relativeRates,
        unfreezeEpochs,
        freeze,
        freezeLayers,
        batchNorm);
  }

  public Tuning withLowestRateFactor(double other) {
    return new Tuning(
        method,
        lora,
        headFirst,
        backboneRateFactor,
        other,
        relativeRates,
        unfreezeEpochs,
        freeze,
        freezeLayers,
        batchNorm);
  }

  public Tuning withRelativeRates(boolean other) {
    return new Tuning(
        method,
        lora,
        headFirst,
        backboneRateFactor,
        lowestRateFactor,
        other,
        unfreezeEpochs,
        freeze,
        freezeLayers,
        batchNorm);
  }

  public Tuning withUnfreezeEpochs(int other) {
    return new Tuning(
        method,
        lora,
        headFirst,
        backboneRateFactor,
        lowestRateFactor,
        relativeRates,
        other,
        freeze,
        freezeLayers,
        batchNorm);
  }

  public Tuning withFreeze(String... other) {
    return new Tuning(
        method,
        lora,
        headFirst,
        backboneRateFactor,
        lowestRateFactor,
        relativeRates,
        unfreezeEpochs,
        List.of(other),
        freezeLayers,
        batchNorm);
  }

  public Tuning withFreezeLayers(int other) {
    return new Tuning(
        method,
        lora,
        headFirst,
        backboneRateFactor,
        lowestRateFactor,
        relativeRates,
        unfreezeEpochs,
        freeze,
        other,
        batchNorm);
  }

  public Tuning withBatchNorm(BatchNormPolicy other) {
    return new Tuning(
        method,
        lora,
        headFirst,
        backboneRateFactor,
        lowestRateFactor,
        relativeRates,
        unfreezeEpochs,
        freeze,
        freezeLayers,
        other);
  }
}
