package dev.graft.graph;

/** What a graph input is for, which decides who feeds it. */
public enum Role {
  /** Data of one batch; fed by the caller of every run. */
  BATCH,
  /** A parameter, running statistic or optimizer moment; lives in a store or a backend's state. */
  STATE,
  /** Random bits such as a dropout mask, drawn on the host from a named seed. */
  RANDOM,
  /** A number that a schedule moves: learning rate, clip threshold, loss weight. */
  SCALAR
}
