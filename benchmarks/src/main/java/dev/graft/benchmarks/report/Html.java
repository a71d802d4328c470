package dev.graft.benchmarks.report;

/** Text that is safe inside HTML and SVG. */
final class Html {
  private Html() {}

  /** Escapes text for element content and quoted attributes. */
  static String escape(String text) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> s.append("&amp;");
        case '<' -> s.append("&lt;");
        case '>' -> s.append("&gt;");
        case '"' -> s.append("&quot;");
        case '\'' -> s.append("&#39;");
        default -> s.append(c);
      }
    }
    return s.toString();
  }

  /** An element with escaped text. */
  static String element(String tag, String text) {
    return "<" + tag + ">" + escape(text) + "</" + tag + ">";
  }

  /** A list with one item per line of text. */
  static String list(Iterable<String> lines) {
    StringBuilder s = new StringBuilder("<ul>\n");
    lines.forEach(l -> s.append(element("li", l)).append('\n'));
    return s.append("</ul>\n").toString();
  }
}
