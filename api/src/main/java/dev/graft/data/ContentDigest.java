package dev.graft.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over a sequence of parts, each with its length, so that no two different sequences give
 * the same input. Not thread-safe.
 */
public final class ContentDigest {
  private final MessageDigest digest;

  public ContentDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  public ContentDigest add(String part) {
    return add(part.getBytes(StandardCharsets.UTF_8));
  }

  public ContentDigest add(byte[] part) {
    return add(ByteBuffer.wrap(part));
  }

  /** Adds the remaining bytes without moving the buffer's position. */
  public ContentDigest add(ByteBuffer part) {
    add((long) part.remaining());
    digest.update(part.duplicate());
    return this;
  }

  public ContentDigest add(long part) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, part));
    return this;
  }

  public ContentDigest add(int[] part) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * part.length);
    bytes.asIntBuffer().put(part);
    return add(bytes);
  }

  /** The digest in hexadecimal; afterwards this starts anew. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
