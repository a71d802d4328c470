package dev.graft.graph;

/** A graph that is not valid, or an edit that it does not allow. The message names the place. */
public class GraphException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public GraphException(String message) {
    super(message);
  }

  public GraphException(String message, Throwable cause) {
    super(message, cause);
  }
}
