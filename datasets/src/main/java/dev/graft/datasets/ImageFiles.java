package dev.graft.datasets;

import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Image files: JPEG, PNG, and the others that ImageIO reads. */
public final class ImageFiles {
  static final FileKind KIND =
      new FileKind(
          "images",
          "JPEG or PNG files",
          Set.of("jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif"),
          ImageDecoder::decode,
          ImageFiles::check);

  private ImageFiles() {}

  /**
   * The given files in the given order, without labels. Nothing is read yet, so a file that cannot
   * be read is an error only when it is asked for.
   */
  public static Dataset of(List<Path> files) {
    return new ExampleFiles("images", Path.of(""), files, List.of(), ImageDecoder::decode);
  }

  /** Looks at a file's first and last bytes; only where they look wrong is it decoded. */
  private static void check(Path file, String id) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size == 0) {
        throw new DataException("the file is empty");
      }
      byte[] head = bytes(channel, 0, (int) Math.min(size, 16));
      byte[] tail = bytes(channel, Math.max(0, size - 8), (int) Math.min(size, 8));
      boolean jpeg = JpegHeader.looksLikeJpeg(head) && endsWith(tail, 0, 0xff, 0xd9);
      boolean png = ImageDecoder.looksLikePng(head) && endsWith(tail, 4, 'I', 'E', 'N', 'D');
      if (jpeg || png) {
        return;
      }
    }
    ImageDecoder.decode(Compressed.plain(file), id);
  }

  private static byte[] bytes(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {}
    return buffer.array();
  }

  /** Whether these bytes stand so many bytes before the end. */
  private static boolean endsWith(byte[] tail, int before, int... expected) {
    int at = tail.length - before - expected.length;
    if (at < 0) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((tail[at + i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
