package dev.graft.cli;

import dev.graft.backend.BackendException;
import dev.graft.data.DataException;
import dev.graft.graph.GraphException;
import dev.graft.model.ModelFormatException;
import dev.graft.train.TrainingException;
import dev.graft.transfer.StrategyException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Bad input becomes one clear message and exit code 2; anything else is a fault with its trace. */
final class FriendlyErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  /** What shells give for a command that Ctrl-C has ended. */
  static final int INTERRUPTED = 130;

  /** Exceptions whose messages are written for users. */
  private static final Set<Class<? extends Exception>> EXPECTED =
      Set.of(
          DataException.class,
          GraphException.class,
          BackendException.class,
          ModelFormatException.class,
          StrategyException.class,
          TrainingException.class,
          IllegalArgumentException.class,
          IOException.class,
          UncheckedIOException.class);

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (EXPECTED.stream().anyMatch(c -> c.isInstance(e))) {
      command.getErr().println("graft: " + message(e));
      return CommandLine.ExitCode.USAGE;
    }
    if (e instanceof CancellationException) {
      command
          .getErr()
          .println("graft: interrupted: " + message(e) + "; the same command goes on from there");
      return INTERRUPTED;
    }
    command.getErr().println("graft: a fault in Graft itself; please report it with this trace");
    e.printStackTrace(command.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** What is wrong with the command line, without the page of all options. */
  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    boolean refused = e.getCause() instanceof IllegalArgumentException && e.getArgSpec() != null;
    err.println("graft: " + (refused ? e.getCause().getMessage() : e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return CommandLine.ExitCode.USAGE;
  }

  /** What an exception says to users; the file system's own say little but the file's name. */
  static String message(Throwable e) {
    if (e instanceof UncheckedIOException && e.getCause() != null) {
      return message(e.getCause());
    }
    if (e instanceof NoSuchFileException f) {
      return "there is no file or folder " + f.getFile();
    }
    if (e instanceof AccessDeniedException f) {
      return "no permission for " + f.getFile();
    }
    if (e instanceof NotDirectoryException || e instanceof FileAlreadyExistsException) {
      return ((FileSystemException) e).getFile() + " is a file, but a folder is needed here";
    }
    if (e instanceof FileSystemException f) {
      return f.getFile()
          + ": "
          + (f.getReason() == null ? f.getClass().getSimpleName() : f.getReason());
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
