package dev.graft.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.graft.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * A tokenizer as a {@code tokenizer.json} describes it, without padding. It holds native memory,
 * which is freed by {@link #close} or when nothing refers to it any more. Thread-safe.
 */
final class Tokenizer implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Held held;
  private final Cleaner.Cleanable cleanable;

  /**
   * @param json the content of a {@code tokenizer.json}
   * @param maxLength tokens that are kept, special ones included; of two texts the longer one is
   *     cut first
   */
  Tokenizer(byte[] json, int maxLength) {
    // Otherwise the library asks a cloud's metadata address.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    // There are tokenizers for a GPU's sake only on Windows; looking for one prints warnings.
    System.getProperties().putIfAbsent("RUST_FLAVOR", "cpu");
    Map<String, String> options =
        Map.of(
            "padding",
            "false",
            "truncation",
            "longest_first",
            "maxLength",
            Integer.toString(maxLength),
            "modelMaxLength",
            Integer.toString(maxLength));
    try {
      held = new Held(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
    } catch (IOException | RuntimeException e) {
      throw new DataException("the tokenizer cannot be read: " + e.getMessage(), e);
    }
    cleanable = CLEANER.register(this, held);
  }

  Encoding encode(String text) {
    return held.run(t -> t.encode(text));
  }

  Encoding encode(String text, String pair) {
    return held.run(t -> t.encode(text, pair));
  }

  Encoding encode(List<String> words) {
    return held.run(t -> t.encode(words));
  }

  /** Closing twice is allowed; use afterwards is an {@link IllegalStateException}. */
  @Override
  public void close() {
    cleanable.clean();
  }

  /** The native part, which must not refer to the tokenizer, so that that can be found unused. */
  private static final class Held implements Runnable {
    private final HuggingFaceTokenizer tokenizer;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    Held(HuggingFaceTokenizer tokenizer) {
      this.tokenizer = tokenizer;
    }

    Encoding run(Function<HuggingFaceTokenizer, Encoding> use) {
      lock.readLock().lock(); // so that nobody frees what is in use
      try {
        if (closed) {
          throw new IllegalStateException("this tokenizer is closed");
        }
        return use.apply(tokenizer);
      } finally {
        lock.readLock().unlock();
      }
    }

    @Override
    public void run() {
      lock.writeLock().lock();
      try {
        closed = true;
        tokenizer.close();
      } finally {
        lock.writeLock().unlock();
      }
    }
  }
}
