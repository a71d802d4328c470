package dev.graft.benchmarks.speed;

/** What is measured of a workload. */
public enum Measure {
  STEP("training step"),
  FROZEN_STEP("frozen-backbone step"),
  INFERENCE_1("inference, batch 1"),
  INFERENCE_32("inference, batch 32");

  private final String title;

  Measure(String title) {
    this.title = title;
  }

  /** For reports. */
  public String title() {
    return title;
  }
}
