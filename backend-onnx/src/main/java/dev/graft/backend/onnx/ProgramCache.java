package dev.graft.backend.onnx;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compiled graphs by what they were made from, so that compiling the same twice costs nothing.
 * Counts the users of each, and keeps a few that nobody uses at the moment. Thread-safe.
 */
final class ProgramCache {
  private final int idleLimit;
  private final Map<Object, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  ProgramCache(int idleLimit) {
    this.idleLimit = idleLimit;
  }

  private static final class Entry {
    private int users;
    private @Nullable Compiled compiled;

    synchronized Compiled get(Supplier<Compiled> build) {
      if (compiled == null) {
        compiled = build.get();
      }
      return compiled;
    }

    synchronized void close() {
      if (compiled != null) {
        compiled.close();
      }
    }
  }

  /** The compiled graph for a key, made if it is not there. To be {@link #release released}. */
  Compiled acquire(Object key, Supplier<Compiled> build) {
    Entry entry;
    synchronized (this) {
      entry = entries.computeIfAbsent(key, k -> new Entry());
      entry.users++;
    }
    try {
      return entry.get(build);
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        entry.users--;
        if (entry.users == 0) {
          entries.remove(key);
        }
      }
      throw e;
    }
  }

  /** Gives back what {@link #acquire} gave; the eldest idle ones beyond the limit are closed. */
  void release(Object key) {
    List<Entry> evicted = new ArrayList<>();
    synchronized (this) {
      Entry entry = entries.get(key);
      if (entry == null) {
        return;
      }
      entry.users--;
      long idle = entries.values().stream().filter(e -> e.users == 0).count();
      for (Iterator<Entry> i = entries.values().iterator(); i.hasNext() && idle > idleLimit; ) {
        Entry candidate = i.next();
        if (candidate.users == 0) {
          i.remove();
          evicted.add(candidate);
          idle--;
        }
      }
    }
    evicted.forEach(Entry::close);
  }

  /** The number of compiled graphs held. */
  synchronized int size() {
    return entries.size();
  }

  /** Closes everything, whether used or not. */
  void close() {
    List<Entry> all;
    synchronized (this) {
      all = new ArrayList<>(entries.values());
      entries.clear();
    }
    all.forEach(Entry::close);
  }
}
