package dev.graft.integration.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The README and the pages of {@code docs/}, as what is in them to be tried. */
final class Documents {
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w*)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  /** {@code `graft ...`} in a sentence or a table. */
  private static final Pattern INLINE = Pattern.compile("`(?:\\./)?graft ([^`\n]+)`");

  private Documents() {}

  /**
   * An example.
   *
   * @param place file and line
   * @param language what the fence names; empty for commands
   */
  record Block(String place, String language, String text) {
    /** The command lines, each as one line without comment. */
    List<String> commands() {
      return text.replaceAll("\\\\\\n\\s*", "")
          .lines()
          .map(line -> line.replaceFirst("\\s+#.*", ""))
          .filter(line -> line.contains("./graft "))
          .toList();
    }
  }

  /** Where the sources are: the folder above that has the README. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("README.md"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  static List<Path> all() throws IOException {
    List<Path> all = new ArrayList<>(List.of(root().resolve("README.md")));
    try (Stream<Path> pages = Files.list(root().resolve("docs"))) {
      pages.filter(p -> p.toString().endsWith(".md")).sorted().forEach(all::add);
    }
    return all;
  }

  static List<Block> blocks(Path document) throws IOException {
    String text = Files.readString(document);
    List<Block> blocks = new ArrayList<>();
    for (Matcher m = BLOCK.matcher(text); m.find(); ) {
      long line = text.substring(0, m.start()).lines().count() + 1;
      blocks.add(new Block(document.getFileName() + ":" + line, m.group(1), m.group(2)));
    }
    return blocks;
  }

  /** The arguments of all commands that a document names, in its examples and its sentences. */
  static List<String> commandLines(Path document) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Block block : blocks(document)) {
      block.commands().forEach(c -> lines.add(c.replaceFirst(".*\\./graft ", "")));
    }
    String prose = BLOCK.matcher(Files.readString(document)).replaceAll("");
    INLINE.matcher(prose).results().forEach(m -> lines.add(m.group(1)));
    return lines;
  }
}
