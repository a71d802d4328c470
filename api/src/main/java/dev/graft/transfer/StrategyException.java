package dev.graft.transfer;

/** A strategy that is missing or does not fit the problem. The message says what to do. */
public class StrategyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StrategyException(String message) {
    super(message);
  }
}
