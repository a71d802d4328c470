package dev.graft.cli;

import dev.graft.backend.BackendException;
import dev.graft.data.DataException;
import dev.graft.graph.GraphException;
import dev.graft.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Bad input becomes one clear message and exit code 2; anything else is a fault with its trace. */
final class FriendlyErrors implements IExecutionExceptionHandler {
  /** Exceptions whose messages are written for users. */
  private static final Set<Class<? extends Exception>> EXPECTED =
      Set.of(
          DataException.class,
          GraphException.class,
          BackendException.class,
          ModelFormatException.class,
          IllegalArgumentException.class,
          IOException.class,
          java.io.UncheckedIOException.class);

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (EXPECTED.stream().anyMatch(c -> c.isInstance(e))) {
      command.getErr().println("graft: " + message(e));
      return CommandLine.ExitCode.USAGE;
    }
    command.getErr().println("graft: a fault in Graft itself; please report it with this trace");
    e.printStackTrace(command.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String message(Throwable e) {
    if (e instanceof java.io.UncheckedIOException && e.getCause() != null) {
      return message(e.getCause());
    }
    if (e instanceof NoSuchFileException f) {
      return "there is no file or folder " + f.getFile();
    }
    if (e instanceof AccessDeniedException f) {
      return "no permission for " + f.getFile();
    }
    if (e instanceof FileSystemException f) {
      return f.getFile()
          + ": "
          + (f.getReason() == null ? f.getClass().getSimpleName() : f.getReason());
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
