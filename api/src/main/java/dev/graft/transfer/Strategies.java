package dev.graft.transfer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The strategies that are on the class path. Immutable and thread-safe. */
public final class Strategies {
  private final List<Strategy<?>> strategies;

  private Strategies(List<Strategy<?>> strategies) {
    this.strategies = List.copyOf(strategies);
  }

  /** What the thread's context class loader finds. */
  public static Strategies discover() {
    return discover(Thread.currentThread().getContextClassLoader());
  }

  public static Strategies discover(ClassLoader loader) {
    List<Strategy<?>> found = new ArrayList<>();
    ServiceLoader.load(Strategy.class, loader).forEach(found::add);
    return of(found);
  }

  /** A fixed choice, for applications that wire themselves. */
  public static Strategies of(List<Strategy<?>> strategies) {
    return new Strategies(strategies.stream().sorted(Comparator.comparing(s -> s.name())).toList());
  }

  /** All of them, by name. */
  public List<Strategy<?>> all() {
    return strategies;
  }

  /** The names of the strategies for one kind of problem. */
  public List<String> names(Class<? extends TransferProblem> problem) {
    return strategies.stream()
        .filter(s -> s.problem().isAssignableFrom(problem))
        .map(s -> s.name())
        .toList();
  }

  /** The strategy with this name for this kind of problem. */
  @SuppressWarnings("unchecked") // its problem class was compared
  public <P extends TransferProblem> Strategy<P> get(String name, Class<P> problem) {
    for (Strategy<?> s : strategies) {
      if (s.name().equals(name) && s.problem().isAssignableFrom(problem)) {
        return (Strategy<P>) s;
      }
    }
    List<String> known = names(problem);
    throw new StrategyException(
        "no strategy '"
            + name
            + "' for "
            + problem.getSimpleName()
            + " problems; "
            + (known.isEmpty()
                ? "there is none on the class path. Add dev.graft:graft-strategies."
                : "there is "
                    + known.stream().map(n -> "'" + n + "'").collect(Collectors.joining(", "))
                    + "."));
  }
}
