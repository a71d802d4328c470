package dev.graft.cli;

import dev.graft.backend.EngineCalls;
import dev.graft.benchmarks.speed.BackendComparison;
import dev.graft.benchmarks.suite.SuiteProgress;
import dev.graft.train.Cancellation;
import dev.graft.train.Progress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Shows how far long work is on a terminal, and nothing elsewhere; Ctrl-C ends in good order. */
final class Console implements AutoCloseable {
  private final boolean terminal = Ansi.AUTO.enabled();
  private @Nullable ProgressBar bar;
  private String phase = "";

  /** Progress of training: a bar per phase. */
  Progress training() {
    return event -> {
      String numbers =
          event.metrics().entrySet().stream()
              .sorted(java.util.Map.Entry.comparingByKey())
              .map(e -> e.getKey() + " " + number(e.getValue()))
              .collect(Collectors.joining(" "));
      show(event.phase(), event.done(), event.total(), numbers);
    };
  }

  private static String number(double value) {
    String pattern = value == Math.rint(value) ? "%.0f" : "%.4f";
    return String.format(java.util.Locale.ROOT, pattern, value);
  }

  /** Progress of a suite: one bar over its cells. */
  SuiteProgress suite() {
    return (done, total, last) -> show("cells", done, total, last.cell().strategy());
  }

  /** Progress of a comparison of backends: a line per measurement. */
  BackendComparison.Listener speed() {
    return (workload, contender, measure) -> {
      if (terminal) {
        System.err.println(workload + ": " + contender + ", " + measure);
      }
    };
  }

  private synchronized void show(String name, long done, long total, String extra) {
    if (!terminal) {
      return;
    }
    if (!name.equals(phase) || bar == null) {
      close();
      phase = name;
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(total)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .build();
    }
    bar.maxHint(total);
    bar.stepTo(done);
    bar.setExtraMessage(" " + extra);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  /**
   * Asks work to stop when the process is told to end, and gives it a moment to keep what it has.
   *
   * @param grace how long the process waits for the work at most
   */
  static Interruption interruption(Duration grace) {
    return new Interruption(grace);
  }

  /** Turns Ctrl-C into a {@link Cancellation}. Closed when the work is over. */
  static final class Interruption implements AutoCloseable {
    private final AtomicBoolean requested = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Runnable request;

    private Interruption(Duration grace) {
      request =
          () -> {
            requested.set(true);
            try {
              if (!over.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("broken off after " + grace.toSeconds() + " s of winding up");
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };
      EngineCalls.beforeEnd(request);
    }

    Cancellation cancellation() {
      return requested::get;
    }

    @Override
    public void close() {
      over.countDown();
      EngineCalls.forget(request);
    }
  }
}
