package dev.graft.data;

/** What is to be predicted for each example of a data set; one kind per task. */
public interface Targets {
  int size();

  /** The targets at these positions, in this order. */
  Targets subset(int[] positions);
}
