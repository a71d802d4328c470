package dev.graft.datasets;

import dev.graft.train.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Locks of cache entries against other threads and other processes. A fixed number of lock files is
 * shared by all entries and never removed, since a lock on a removed file would protect nothing.
 * The system drops the locks of a process that dies.
 */
final class CacheLocks {
  private static final int STRIPES = 64;
  private static final int POLL_MILLIS = 50;

  /**
   * Which lock files threads of this process hold. A process may open a lock file only once at a
   * time: on POSIX systems closing it anywhere drops the lock everywhere in the process.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;

  CacheLocks(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /** Held until closed. */
  record Lock(Path file, FileChannel channel) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try {
        channel.close(); // which drops the lock
      } finally {
        HELD.remove(file);
      }
    }
  }

  /** Waits for the lock of an entry. */
  Lock acquire(String key, Cancellation cancellation) throws IOException {
    while (true) {
      Lock lock = tryAcquire(key);
      if (lock != null) {
        return lock;
      }
      if (cancellation.isRequested()) {
        throw new CancellationException("cancelled while waiting for the feature cache");
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for the feature cache");
      }
    }
  }

  /** The lock of an entry, or null if somebody holds it. */
  @Nullable Lock tryAcquire(String key) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(Math.floorMod(key.hashCode(), STRIPES) + ".lock");
    if (!HELD.add(file)) {
      return null;
    }
    @Nullable FileChannel channel = null;
    boolean locked = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      locked = channel.tryLock() != null;
      return locked ? new Lock(file, channel) : null;
    } finally {
      if (!locked) {
        if (channel != null) {
          channel.close();
        }
        HELD.remove(file);
      }
    }
  }
}
