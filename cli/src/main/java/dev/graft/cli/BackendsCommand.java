package dev.graft.cli;

import dev.graft.backend.Availability;
import dev.graft.backend.BackendProvider;
import dev.graft.backend.Backends;
import java.io.PrintWriter;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graft backends}. */
@Command(
    name = "backends",
    description = "Shows the backends, their devices and versions, or why one cannot run.",
    mixinStandardHelpOptions = true)
final class BackendsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Backends backends = Backends.discover();
    if (backends.providers().isEmpty()) {
      // The message names the artifacts to add.
      backends.preferred();
    }
    for (BackendProvider provider : backends.providers()) {
      Availability a = provider.availability();
      String devices =
          a.isAvailable()
              ? a.devices().stream().map(Object::toString).collect(Collectors.joining(", "))
              : "not available";
      String versions =
          new TreeMap<>(a.versions())
              .entrySet().stream()
                  .map(e -> e.getKey() + " " + e.getValue())
                  .collect(Collectors.joining(", "));
      out.printf("%-12s %-16s %s%n", provider.name(), devices, versions);
      a.problem().ifPresent(p -> out.printf("%-12s %s%n", "", p));
    }
    out.println();
    out.println("Without --backend the first available one is used, in this order.");
    return 0;
  }
}
