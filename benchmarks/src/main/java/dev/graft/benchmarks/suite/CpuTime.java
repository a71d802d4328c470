package dev.graft.benchmarks.suite;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Processor time of a cell: that of the whole process, native threads of the engines included.
 * Where several cells run at once it is that of the cell's own thread, on which an engine with one
 * thread computes.
 */
final class CpuTime {
  private final boolean shared;
  private final long start;

  private CpuTime(boolean shared) {
    this.shared = shared;
    this.start = nanoseconds();
  }

  /**
   * Begins to count, on the thread that runs the cell.
   *
   * @param shared whether other cells run beside it
   */
  static CpuTime start(boolean shared) {
    return new CpuTime(shared);
  }

  /** In milliseconds' precision; 0 where the system does not tell. */
  double seconds() {
    return Math.round(Math.max(0, nanoseconds() - start) / 1e6) / 1e3;
  }

  private long nanoseconds() {
    if (shared) {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
