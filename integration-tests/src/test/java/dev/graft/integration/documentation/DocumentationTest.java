package dev.graft.integration.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.cli.Main;
import dev.graft.integration.documentation.Documents.Block;
import dev.graft.transfer.Strategy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows can be typed in: commands run, code compiles and runs. */
class DocumentationTest {
  /** Words in capitals, such as DIR, stand for something else. */
  private static final Pattern PLACEHOLDER = Pattern.compile("\\b[A-Z]{3,}\\b");

  /** These measure for minutes; the tests of the benchmarks run them in small. */
  private static final Pattern LONG = Pattern.compile("\\./graft bench ");

  private static final Pattern CLASS = Pattern.compile("class (\\w+)");

  private static final String IMPORTS =
      Stream.of(
              "backend",
              "data",
              "datasets",
              "graph",
              "graph.edit",
              "model",
              "onnx",
              "random",
              "strategies",
              "tensor",
              "testkit",
              "train",
              "transfer")
          .map(p -> "import dev.graft." + p + ".*;\n")
          .collect(
              Collectors.joining(
                  "",
                  "",
                  "import java.nio.file.*;\nimport java.util.*;\n"
                      + "import static dev.graft.integration.documentation.Given.*;\n"));

  @TempDir static Path folder;

  @TestFactory
  List<DynamicTest> everyCommandThatIsNamedHasTheOptionsItIsNamedWith() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : Documents.all()) {
      for (String line : Documents.commandLines(document)) {
        tests.add(
            DynamicTest.dynamicTest(document.getFileName() + ": " + line, () -> assertKnown(line)));
      }
    }
    assertTrue(tests.size() > 30, "only " + tests.size() + " commands were found");
    return tests;
  }

  private static void assertKnown(String line) {
    List<String> words = new ArrayList<>(Arrays.asList(line.split("[ |<>]+")));
    words.removeIf(w -> w.equals("...") || w.equals("-"));
    words.add("--help");
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            words.toArray(String[]::new));
    assertEquals(0, code, err::toString);
  }

  /** In the order of a page, because an example may go on with what the one before has made. */
  @TestFactory
  List<DynamicTest> everyExampleRuns() throws IOException {
    Workplace place = new Workplace(folder);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : Documents.all()) {
      for (Block block : Documents.blocks(document)) {
        if (block.language().equals("java")) {
          tests.add(DynamicTest.dynamicTest(block.place(), () -> compileAndRun(place, block)));
        }
        for (String command : block.commands()) {
          if (!PLACEHOLDER.matcher(command).find() && !LONG.matcher(command).find()) {
            tests.add(
                DynamicTest.dynamicTest(
                    block.place() + " " + command,
                    () -> assertTrue(place.run(command).length() > 0, "it printed nothing")));
          }
        }
      }
    }
    return tests;
  }

  private static void compileAndRun(Workplace place, Block block)
      throws IOException, InterruptedException {
    Matcher named = CLASS.matcher(block.text());
    if (named.find()) {
      place.compile(named.group(1), IMPORTS + block.text());
      return;
    }
    String name = "Example" + block.place().replaceAll("\\W", "");
    String program = "class %s {\n  public static void main(String[] args) throws Exception {\n";
    place.compile(name, IMPORTS + String.format(program, name) + block.text() + "  }\n}\n");
    place.run("java " + name);
  }

  @Test
  void theStrategyOfTheGuideIsFoundByTheCommand() throws IOException, InterruptedException {
    Workplace place = new Workplace(Files.createDirectories(folder.resolve("extended")));
    Block strategy =
        Documents.blocks(Documents.root().resolve("docs/extending.md")).stream()
            .filter(b -> b.text().contains("implements Strategy<"))
            .findFirst()
            .orElseThrow();
    Matcher named = CLASS.matcher(strategy.text());
    assertTrue(named.find());
    place.compile(named.group(1), IMPORTS + strategy.text());
    place.service(Strategy.class, named.group(1));
    String printed =
        place.run(
            "./graft train --model mobilenet.onnx --data photos/train --val photos/val"
                + " --strategy bigger-head --epochs 30 --out made");
    assertTrue(Files.exists(folder.resolve("extended/made/model.onnx")), printed);
  }
}
