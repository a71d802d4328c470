package dev.graft.data;

/** Examples with their targets, position by position. */
public record Labeled<T extends Targets>(Dataset examples, T targets) {
  public Labeled {
    if (examples.size() != targets.size()) {
      throw new DataException(
          "data set '"
              + examples.name()
              + "' has "
              + examples.size()
              + " examples but "
              + targets.size()
              + " targets");
    }
  }

  public int size() {
    return examples.size();
  }

  /** The examples at these positions with their targets, in this order. */
  @SuppressWarnings("unchecked") // a subset of targets is of the same kind
  public Labeled<T> subset(int[] positions) {
    return new Labeled<>(examples.subset(positions), (T) targets.subset(positions));
  }
}
