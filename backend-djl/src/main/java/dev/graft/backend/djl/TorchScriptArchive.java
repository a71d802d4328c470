package dev.graft.backend.djl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript module without any attributes of its own as the archive that {@code
 * torch.jit.load} reads: a zip of stored entries under one top folder.
 */
final class TorchScriptArchive {
  private static final String TOP = "graft/";

  private TorchScriptArchive() {}

  /**
   * The archive of {@code class Program(Module)} with the given methods.
   *
   * @param methods source text of the methods, each indented by two spaces
   */
  static byte[] of(String methods) {
    String code =
        "class Program(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
            + methods;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      store(zip, "data.pkl", instancePickle());
      store(zip, "code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
      store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "version", "10\n".getBytes(StandardCharsets.UTF_8));
      store(zip, "byteorder", "little".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("an archive in memory cannot fail", e);
    }
    return bytes.toByteArray();
  }

  /** A pickle (protocol 2) of {@code __torch__.Program} with {@code training = False}. */
  private static byte[] instancePickle() throws IOException {
    ByteArrayOutputStream p = new ByteArrayOutputStream();
    p.write(new byte[] {(byte) 0x80, 2}); // PROTO 2
    p.write("c__torch__\nProgram\nq\0)".getBytes(StandardCharsets.ISO_8859_1)); // GLOBAL, BINPUT
    p.write(0x81); // NEWOBJ
    p.write("}(X".getBytes(StandardCharsets.ISO_8859_1)); // EMPTY_DICT MARK BINUNICODE
    byte[] name = "training".getBytes(StandardCharsets.UTF_8);
    p.write(new byte[] {(byte) name.length, 0, 0, 0});
    p.write(name);
    p.write(0x89); // NEWFALSE
    p.write("ub.".getBytes(StandardCharsets.ISO_8859_1)); // SETITEMS BUILD STOP
    return p.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(TOP + name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
