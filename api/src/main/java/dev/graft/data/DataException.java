package dev.graft.data;

/** Data that cannot be read or do not fit. The message names the file and what to do. */
public class DataException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
