package dev.graft.datasets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.data.SpanTargets;
import dev.graft.data.SpanTargets.Span;
import dev.graft.data.TextSample;
import dev.graft.data.TokenLabels;
import dev.graft.data.WordsSample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Texts with classes, words with tags, and questions with answers, from tables and JSON. */
public final class Texts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Texts() {}

  /**
   * One text per row, with the label column as classes.
   *
   * @param classes in the order of the model's outputs; if absent, those that occur
   */
  public static Labeled<ClassLabels> open(
      Table table, TextColumns columns, Optional<List<String>> classes) {
    int label = table.labelColumn(columns.label());
    if (label == columns.textColumn(table)) {
      throw new DataException(
          table.file()
              + " has the text in the column that would be the label. Say which of its columns is"
              + " the label: "
              + table.columns());
    }
    return new Labeled<>(examples(table, columns), table.labels(label, classes));
  }

  /** One text per row, without labels. */
  static Dataset examples(Table table, TextColumns columns) {
    int text = columns.textColumn(table);
    int pair = columns.pair().map(table::column).orElse(-1);
    List<TextSample> samples =
        table.rows().stream()
            .map(
                row ->
                    new TextSample(row[text], pair < 0 ? Optional.empty() : Optional.of(row[pair])))
            .toList();
    return new InMemory<>(
        Compressed.title(table.file()), samples, table::id, groups(table, columns));
  }

  private static List<String> groups(Table table, TextColumns columns) {
    return columns.group().map(g -> table.cells(table.column(g))).orElse(List.of());
  }

  /**
   * One sentence per row, with a tag for each of its words; both columns are divided at spaces.
   *
   * @param classes all tags in the order of the model's outputs; if absent, those that occur, in
   *     the order of the alphabet
   * @throws DataException if a row has more or fewer tags than words
   */
  public static Labeled<TokenLabels> openTagged(
      Table table, String words, String tags, Optional<List<String>> classes) {
    int wordColumn = table.column(words);
    int tagColumn = table.column(tags);
    List<List<String>> tagRows = table.rows().stream().map(r -> divided(r[tagColumn])).toList();
    List<String> known =
        classes.orElseGet(
            () ->
                List.copyOf(
                    tagRows.stream()
                        .flatMap(List::stream)
                        .collect(Collectors.toCollection(TreeSet::new))));
    Map<String, Integer> numbers = new LinkedHashMap<>();
    known.forEach(tag -> numbers.put(tag, numbers.size()));
    List<WordsSample> samples = new ArrayList<>();
    int[][] labels = new int[tagRows.size()][];
    for (int r = 0; r < labels.length; r++) {
      List<String> row = divided(table.rows().get(r)[wordColumn]);
      if (row.size() != tagRows.get(r).size()) {
        throw new DataException(
            table.id(r) + " has " + row.size() + " words but " + tagRows.get(r).size() + " tags");
      }
      int at = r;
      labels[r] =
          tagRows.get(r).stream().mapToInt(tag -> number(table, at, tag, numbers)).toArray();
      samples.add(new WordsSample(row));
    }
    return new Labeled<>(
        new InMemory<>(Compressed.title(table.file()), samples, table::id, List.of()),
        new TokenLabels(known, labels));
  }

  private static int number(Table table, int row, String tag, Map<String, Integer> numbers) {
    Integer number = numbers.get(tag);
    if (number == null) {
      throw new DataException(
          table.id(row) + " has the tag '" + tag + "', which is not among " + numbers.keySet());
    }
    return number;
  }

  private static List<String> divided(String cell) {
    return Arrays.stream(cell.strip().split("\\s+", -1)).filter(w -> !w.isEmpty()).toList();
  }

  /**
   * Questions as texts, with their passages as pairs and the answers as parts of the passages, from
   * a file in the format of SQuAD 1.1. The article's title is the group of each question.
   *
   * @throws DataException if an answer is not where the file says
   */
  public static Labeled<SpanTargets> openSquad(Path file) {
    List<TextSample> samples = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    List<List<Span>> answers = new ArrayList<>();
    JsonNode root = json(file);
    if (!root.path("data").isArray()) {
      throw new DataException(file + " is no file in the format of SQuAD: it has no 'data'");
    }
    for (JsonNode article : root.path("data")) {
      for (JsonNode paragraph : article.path("paragraphs")) {
        String context = paragraph.path("context").asText();
        for (JsonNode question : paragraph.path("qas")) {
          String id = question.path("id").asText();
          samples.add(new TextSample(question.path("question").asText(), Optional.of(context)));
          ids.add(id);
          groups.add(article.path("title").asText());
          answers.add(spans(file, id, context, question.path("answers")));
        }
      }
    }
    return new Labeled<>(
        new InMemory<>(Compressed.title(file), samples, i -> file + "#" + ids.get(i), groups),
        new SpanTargets(answers));
  }

  private static JsonNode json(Path file) {
    try (InputStream in = Compressed.open(file)) {
      return JSON.readTree(in);
    } catch (JsonProcessingException e) {
      throw new DataException(file + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw Compressed.failure(file, e);
    }
  }

  private static List<Span> spans(Path file, String id, String context, JsonNode answers) {
    List<Span> spans = new ArrayList<>();
    for (JsonNode answer : answers) {
      String text = answer.path("text").asText();
      // Offsets count code points, as Python does.
      int points = answer.path("answer_start").asInt(-1);
      boolean inside = points >= 0 && points <= context.codePointCount(0, context.length());
      int start = inside ? context.offsetByCodePoints(0, points) : -1;
      if (start < 0 || !context.startsWith(text, start)) {
        throw new DataException(
            file + ", question " + id + ": the answer '" + text + "' is not at " + points);
      }
      spans.add(new Span(start, start + text.length()));
    }
    if (spans.isEmpty()) {
      throw new DataException(file + ", question " + id + " has no answer");
    }
    return spans;
  }

  /** A file with one JSON object per line as a table; its columns are the first line's names. */
  static Table readLines(Path file) {
    List<String> columns = new ArrayList<>();
    List<String[]> rows = new ArrayList<>();
    try (var reader = Compressed.reader(file)) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        JsonNode object = object(file, number, line);
        if (columns.isEmpty()) {
          object.fieldNames().forEachRemaining(columns::add);
        }
        rows.add(row(file, number, object, columns));
      }
    } catch (IOException e) {
      throw Compressed.failure(file, e);
    }
    if (rows.isEmpty()) {
      throw new DataException(file + " is empty");
    }
    return new Table(file, List.copyOf(columns), rows);
  }

  private static JsonNode object(Path file, int number, String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw new DataException(
          file + ", line " + number + " is no JSON: " + e.getOriginalMessage(), e);
    }
    throw new DataException(file + ", line " + number + " is no JSON object");
  }

  private static String[] row(Path file, int number, JsonNode object, List<String> columns) {
    return IntStream.range(0, columns.size())
        .mapToObj(
            c -> {
              JsonNode value = object.get(columns.get(c));
              if (value == null) {
                throw new DataException(
                    file + ", line " + number + " has no '" + columns.get(c) + "'");
              }
              return value.isValueNode() ? value.asText() : value.toString();
            })
        .toArray(String[]::new);
  }
}
