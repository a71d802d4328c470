package dev.graft.backend;

/** The arithmetic of a program. */
public enum Precision {
  /** As the graph says. */
  FLOAT32,
  /** Products in bfloat16; parameters, sums and statistics in float32. */
  BFLOAT16
}
