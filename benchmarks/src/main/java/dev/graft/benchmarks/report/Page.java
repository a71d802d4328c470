package dev.graft.benchmarks.report;

import dev.graft.benchmarks.suite.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;

/**
 * A page of HTML in the making: the frame that all reports share, with the style sheet inside.
 * Values are escaped, patterns are not.
 */
public final class Page {
  private final StringBuilder text = new StringBuilder();

  public Page(String title) {
    text.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    text.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    text.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    text.append(Html.element("title", title)).append('\n');
    text.append("<style>\n").append(style()).append("</style>\n</head>\n<body>\n<main>\n");
  }

  /** The whole page. */
  public String finish() {
    return text.append("</main>\n</body>\n</html>\n").toString();
  }

  /** Adds a line of markup in which the values are escaped. */
  public void add(String pattern, Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] = values[i] instanceof Number ? values[i] : Html.escape(String.valueOf(values[i]));
    }
    text.append(Figures.format(pattern, safe)).append('\n');
  }

  /** Adds markup as it is. */
  void raw(String markup) {
    text.append(markup);
  }

  /** Adds a list with one item per line of text. */
  public void list(Iterable<String> lines) {
    text.append(Html.list(lines));
  }

  public void environment(Environment e) {
    add("<dl>");
    entry("processor", e.processor() + ", " + e.processors() + " available");
    entry("memory", e.memoryMiB() == 0 ? "unknown" : e.memoryMiB() + " MiB");
    entry("system", e.system());
    entry("Java", e.java());
    new TreeMap<>(e.versions()).forEach(this::entry);
    add("</dl>");
  }

  private void entry(String name, String value) {
    add("<dt>%s</dt><dd>%s</dd>", name, value);
  }

  public void commands(List<String> lines) {
    add("<pre><code>%s</code></pre>", String.join("\n", lines));
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("the benchmarks' jar lacks its resource report.css");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
