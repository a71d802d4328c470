package dev.graft.benchmarks.report;

import dev.graft.benchmarks.suite.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;

/** The frame that all HTML reports share: head with the style sheet inside, environment, end. */
final class HtmlPage {
  private HtmlPage() {}

  static void begin(StringBuilder page, String title) {
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.append(Html.element("title", title)).append('\n');
    page.append("<style>\n").append(style()).append("</style>\n</head>\n<body>\n<main>\n");
  }

  static String end(StringBuilder page) {
    return page.append("</main>\n</body>\n</html>\n").toString();
  }

  /** Adds a line of markup in which the values are escaped. */
  static void add(StringBuilder page, String pattern, Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] = values[i] instanceof Number ? values[i] : Html.escape(String.valueOf(values[i]));
    }
    page.append(Figures.format(pattern, safe)).append('\n');
  }

  static void environment(StringBuilder page, Environment e) {
    page.append("<dl>\n");
    entry(page, "processor", e.processor() + ", " + e.processors() + " available");
    entry(page, "memory", e.memoryMiB() == 0 ? "unknown" : e.memoryMiB() + " MiB");
    entry(page, "system", e.system());
    entry(page, "Java", e.java());
    new TreeMap<>(e.versions()).forEach((name, version) -> entry(page, name, version));
    page.append("</dl>\n");
  }

  private static void entry(StringBuilder page, String name, String value) {
    add(page, "<dt>%s</dt><dd>%s</dd>", name, value);
  }

  static void commands(StringBuilder page, List<String> lines) {
    add(page, "<pre><code>%s</code></pre>", String.join("\n", lines));
  }

  private static String style() {
    try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("the benchmarks' jar lacks its resource report.css");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
