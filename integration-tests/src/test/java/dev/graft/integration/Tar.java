package dev.graft.integration;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** As much of the tar format as the archives of the tests need. */
final class Tar {
  private static final int BLOCK = 512;

  private Tar() {}

  /** Unpacks the files of an archive, which may be compressed with gzip. */
  static void unpack(Path tar, Path into) throws IOException {
    try (InputStream file = Files.newInputStream(tar);
        InputStream in = tar.toString().endsWith(".gz") ? new GZIPInputStream(file) : file) {
      String longName = "";
      byte[] header = in.readNBytes(BLOCK);
      while (header.length == BLOCK && header[0] != 0) {
        String name = text(header, 0, 100);
        int size = Integer.parseInt(text(header, 124, 12).trim(), 8);
        byte[] content = in.readNBytes(size);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        if (header[156] == 'x') {
          // The name of the next file, for which its header has no room: "LENGTH path=NAME\n".
          longName = text(content, 0, size).replaceFirst("^\\d+ path=", "").strip();
        } else if (header[156] == '0') {
          Path path = into.resolve(longName.isEmpty() ? name : longName);
          longName = "";
          Files.createDirectories(path.getParent());
          Files.write(path, content);
        }
        header = in.readNBytes(BLOCK);
      }
    }
  }

  private static String text(byte[] header, int from, int length) {
    String field = new String(header, from, length, StandardCharsets.US_ASCII);
    int end = field.indexOf('\0');
    return end < 0 ? field : field.substring(0, end);
  }
}
