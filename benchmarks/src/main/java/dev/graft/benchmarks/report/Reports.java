package dev.graft.benchmarks.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes reports; each file appears whole or not at all. */
public final class Reports {
  /** The file with the findings for programs. */
  static final String SUMMARY = "summary.json";

  private Reports() {}

  /** Writes {@code report.html}, {@code report.md} and {@code summary.json} into a directory. */
  public static void write(Path directory, Findings findings) throws IOException {
    Files.createDirectories(directory);
    replace(directory.resolve(SUMMARY), SummaryJson.of(findings));
    replace(directory.resolve("report.md"), MarkdownReport.of(findings));
    replace(directory.resolve("report.html"), HtmlReport.of(findings));
  }

  /** Writes a text file under a temporary name and moves it. */
  public static void replace(Path file, String content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, content, StandardCharsets.UTF_8);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
