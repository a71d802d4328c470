package dev.graft.testkit;

import dev.graft.backend.Backend;
import dev.graft.backend.UnsupportedGraphException;
import dev.graft.model.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tries the cases of a suite on one backend. Needs no test framework.
 *
 * <p>With a declaration of what the backend lacks, exactly that must be refused; without one, as
 * for a backend that is only known by name, whatever is refused with the promised exception counts
 * as unsupported.
 */
public final class ConformanceRun implements AutoCloseable {
  private final Subject subject;
  private final Optional<Lacking> declared;

  private ConformanceRun(Supplier<Backend> open, Optional<Lacking> declared) {
    this.subject = new Subject(open.get(), open);
    this.declared = declared;
  }

  /** Opens a backend of which nothing is declared. */
  public static ConformanceRun of(Supplier<Backend> open) {
    return new ConformanceRun(open, Optional.empty());
  }

  /** Opens a backend that must have everything but what is declared. */
  public static ConformanceRun of(Supplier<Backend> open, Lacking lacking) {
    return new ConformanceRun(open, Optional.of(lacking));
  }

  /** The backend under test. */
  public Backend backend() {
    return subject.backend();
  }

  /**
   * Tries all cases, one after the other.
   *
   * @param listener hears of each as it ends
   */
  public ConformanceReport run(List<ConformanceCase> cases, Consumer<CaseResult> listener) {
    List<CaseResult> results = new ArrayList<>();
    for (ConformanceCase c : cases) {
      CaseResult result = run(c);
      listener.accept(result);
      results.add(result);
    }
    Backend backend = subject.backend();
    return new ConformanceReport(
        backend.name(), backend.device().toString(), backend.versions(), results);
  }

  /** Tries one case. */
  public CaseResult run(ConformanceCase c) {
    long start = System.nanoTime();
    Outcome outcome = outcome(c);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new CaseResult(c.group(), c.name(), outcome.status, outcome.reason, seconds);
  }

  private record Outcome(Status status, String reason) {}

  private Outcome outcome(ConformanceCase c) {
    Optional<String> lacking = declared.flatMap(l -> l.reason(c));
    Outcome outcome = tried(c, lacking);
    Optional<String> toleration = declared.flatMap(l -> l.toleration(c));
    return outcome.status == Status.FAILED && toleration.isPresent()
        ? new Outcome(Status.UNSUPPORTED, "tolerated, " + toleration.get() + ": " + outcome.reason)
        : outcome;
  }

  private Outcome tried(ConformanceCase c, Optional<String> lacking) {
    try {
      c.body().run(subject);
      return lacking.isPresent()
          ? new Outcome(Status.FAILED, "declared as lacking, but it ran (" + lacking.get() + ")")
          : new Outcome(Status.PASSED, "");
    } catch (SkippedException e) {
      return new Outcome(Status.SKIPPED, message(e));
    } catch (UnsupportedGraphException e) {
      return lacking.isPresent() || declared.isEmpty()
          ? new Outcome(Status.UNSUPPORTED, lacking.orElse(message(e)))
          : new Outcome(Status.FAILED, "refused, but not declared as lacking: " + message(e));
    } catch (ModelFormatException e) {
      return new Outcome(Status.UNSUPPORTED, message(e));
    } catch (Exception | AssertionError | StackOverflowError | LinkageError e) {
      String where = e instanceof AssertionError ? "" : e.getClass().getSimpleName() + ": ";
      return new Outcome(Status.FAILED, where + message(e));
    }
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Closes the backend. */
  @Override
  public void close() {
    subject.backend().close();
  }
}
