package dev.graft.datasets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.DataException;
import dev.graft.data.Labeled;
import dev.graft.data.SpanTargets;
import dev.graft.data.SpanTargets.Span;
import dev.graft.data.TextSample;
import dev.graft.data.TokenLabels;
import dev.graft.data.WordsSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextsTest {
  @TempDir Path folder;

  private Path file(String name, String content) {
    try {
      return Files.write(folder.resolve(name), content.getBytes(UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Table table(Path file) {
    return Table.read(file, Optional.empty(), Optional.empty());
  }

  @Test
  void readsPairsAndGroupsByColumn() {
    Path path =
        file("a.csv", "first,second,author,same\n\"Hi, you\",Hello,ann,yes\nBye,No,bob,no\n");
    Labeled<ClassLabels> data =
        Texts.open(
            table(path),
            new TextColumns(
                Optional.of("first"),
                Optional.of("second"),
                Optional.of("same"),
                Optional.of("author")),
            Optional.empty());
    assertEquals(new TextSample("Hi, you", Optional.of("Hello")), data.examples().sample(0));
    assertEquals(Optional.of("bob"), data.examples().group(1));
    assertArrayEquals(new int[] {1, 0}, data.targets().labels());
  }

  @Test
  void saysWhichColumnsThereAreIfNoneIsNamedAsAText() {
    Path path = file("a.csv", "a,b\nx,y\n");
    DataException e =
        assertThrows(
            DataException.class,
            () -> Texts.open(table(path), TextColumns.BY_NAME, Optional.empty()));
    assertTrue(e.getMessage().endsWith("Say which of its columns is the text: [a, b]"));
  }

  @Test
  void readsTagsOfWords() {
    Path path = file("a.tsv", "tokens\ttags\nplay some jazz\tO O B-genre\nstop\tO\n");
    Labeled<TokenLabels> data = Texts.openTagged(table(path), "tokens", "tags", Optional.empty());
    assertEquals(new WordsSample(List.of("play", "some", "jazz")), data.examples().sample(0));
    assertEquals(List.of("B-genre", "O"), data.targets().classes());
    assertArrayEquals(new int[] {1, 1, 0}, data.targets().labels()[0]);
    DataException unknown =
        assertThrows(
            DataException.class,
            () -> Texts.openTagged(table(path), "tokens", "tags", Optional.of(List.of("O"))));
    assertTrue(unknown.getMessage().contains("'B-genre'"), unknown.getMessage());
    Path wrong = file("b.tsv", "tokens\ttags\nplay it\tO\n");
    DataException e =
        assertThrows(
            DataException.class,
            () -> Texts.openTagged(table(wrong), "tokens", "tags", Optional.empty()));
    assertTrue(e.getMessage().endsWith("has 2 words but 1 tags"), e.getMessage());
  }

  @Test
  void findsAnswersByCodePoints() {
    String json =
        "{\"data\":[{\"title\":\"t\",\"paragraphs\":[{\"context\":\"\uD83D\uDC1D the bee\",\"qas\":"
            + "[{\"id\":\"q\",\"question\":\"who?\",\"answers\":[{\"text\":\"bee\",\"answer_start\":%d}]}]}]}]}";
    Labeled<SpanTargets> data = Texts.openSquad(file("a.json", String.format(json, 6)));
    assertEquals(List.of(List.of(new Span(7, 10))), data.targets().answers());
    DataException e =
        assertThrows(
            DataException.class, () -> Texts.openSquad(file("b.json", String.format(json, 5))));
    assertTrue(e.getMessage().contains("question q: the answer 'bee' is not at 5"));
    assertThrows(DataException.class, () -> Texts.openSquad(file("c.json", "{\"data\"")));
    assertThrows(DataException.class, () -> Texts.openSquad(file("d.json", "{}")));
  }

  @Test
  void namesTheLineThatIsNoJson() {
    DataException broken =
        assertThrows(
            DataException.class, () -> table(file("a.jsonl", "{\"text\":\"a\"}\n{\"text\"\n")));
    assertTrue(broken.getMessage().contains("line 2 is no JSON"), broken.getMessage());
    DataException missing =
        assertThrows(
            DataException.class, () -> table(file("b.jsonl", "{\"text\":\"a\"}\n\n{\"x\":1}\n")));
    assertTrue(missing.getMessage().endsWith("line 3 has no 'text'"), missing.getMessage());
  }

  @Test
  void readsRealTexts() {
    Labeled<ClassLabels> intents =
        Texts.open(
            table(SharedData.find("data/clinc150/train.tsv.gz")),
            TextColumns.BY_NAME,
            Optional.empty());
    assertEquals(15000, intents.size());
    assertEquals(150, intents.targets().classes().size());
    Labeled<ClassLabels> spam =
        Texts.open(
            table(SharedData.find("data/sms_spam/sms.tsv.gz")),
            TextColumns.BY_NAME,
            Optional.empty());
    assertArrayEquals(new int[] {5574 - 747, 747}, spam.targets().counts());
    Labeled<TokenLabels> slots =
        Texts.openTagged(
            table(SharedData.find("data/snips_slu/train.tsv.gz")),
            "tokens",
            "slot_tags",
            Optional.empty());
    assertEquals(13084, slots.size());
    assertEquals(72, slots.targets().classes().size());
    Labeled<SpanTargets> questions =
        Texts.openSquad(SharedData.find("data/xquad/xquad.en.json.gz"));
    assertEquals(1190, questions.size());
  }
}
