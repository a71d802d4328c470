package dev.graft.text;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.data.PassageWindow;
import dev.graft.data.Preprocessings;
import dev.graft.data.TensorSample;
import dev.graft.data.TextSample;
import dev.graft.data.TokenAlignment;
import dev.graft.data.WordsSample;
import dev.graft.graph.Graph;
import dev.graft.graph.GraphBuilder;
import dev.graft.tensor.DType;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextPreprocessingTest {
  private static final TextPreprocessing TEXT =
      TextPreprocessing.of(
          tokenizer(), network(DType.INT64, "input_ids", "attention_mask", "token_type_ids"));

  private static byte[] tokenizer() {
    try (InputStream in =
        TextPreprocessingTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Graph network(DType dtype, String... inputs) {
    GraphBuilder g = new GraphBuilder();
    Shape shape = new Shape(List.of(Dim.symbol("batch"), Dim.symbol("tokens")));
    for (String name : inputs) {
      g.output(g.input(name, new TensorType(dtype, shape)).cast(DType.FLOAT32));
    }
    return g.build();
  }

  private static Map<String, HostTensor> batch(TextPreprocessing text, TextSample... samples) {
    return text.batch(List.of(samples).stream().map(text::apply).toList());
  }

  @Test
  void givesTheIdsOfTheTokensAndHidesPadding() {
    Map<String, HostTensor> batch =
        batch(TEXT, TextSample.of("Play some jazz!"), TextSample.of("Stop"));
    assertEquals(TensorType.of(DType.INT64, 2, 8), batch.get("input_ids").type());
    assertArrayEquals(
        new long[] {101, 2377, 2070, 4166, 999, 102, 0, 0, 101, 2644, 102, 0, 0, 0, 0, 0},
        batch.get("input_ids").toLongs());
    assertArrayEquals(
        new long[] {1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0},
        batch.get("attention_mask").toLongs());
    assertArrayEquals(new long[16], batch.get("token_type_ids").toLongs());
  }

  @Test
  void feedsOnlyWhatTheNetworkTakesAndAsItTakesIt() {
    TextPreprocessing ids = TextPreprocessing.of(tokenizer(), network(DType.INT32, "tokens"));
    Map<String, HostTensor> batch = batch(ids, TextSample.of("Stop"));
    assertEquals(List.of("tokens"), List.copyOf(batch.keySet()));
    assertEquals(DType.INT32, batch.get("tokens").dtype());
    DataException e =
        assertThrows(
            DataException.class,
            () ->
                TextPreprocessing.of(
                    tokenizer(), network(DType.INT64, "input_ids", "position_ids")));
    assertTrue(e.getMessage().contains("'position_ids'"), e.getMessage());
  }

  @Test
  void cutsTheLongerOfTwoTexts() {
    TextSample pair =
        new TextSample("who is it?", Optional.of("one two three four five six seven eight nine"));
    Map<String, HostTensor> batch = batch(TEXT.withMaxLength(12), pair);
    assertArrayEquals(
        new long[] {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}, batch.get("token_type_ids").toLongs());
    assertEquals(102, batch.get("input_ids").toLongs()[11]);
  }

  @Test
  void aPassageThatIsTooLongIsDividedBetweenWordsIntoOverlappingParts() {
    TextPreprocessing small = TEXT.withMaxLength(20);
    String passage =
        IntStream.range(0, 60).mapToObj(i -> "unbelievably \uD83D\uDC1D").collect(joining(" "));
    List<PassageWindow> windows = small.windows(new TextSample("who is it?", Optional.of(passage)));
    int behind = 0;
    for (PassageWindow w : windows) {
      String part = w.sample().pair().orElseThrow();
      assertEquals(part, passage.substring(w.offset(), w.offset() + part.length()));
      assertTrue(part.matches("(unbelievably|\uD83D\uDC1D).*(unbelievably|\uD83D\uDC1D)"), part);
      assertTrue(w.offset() == 0 || w.offset() < behind, "a gap before " + w);
      assertTrue(w.offset() + part.length() > behind, "nothing new in " + w);
      behind = w.offset() + part.length();
      assertTrue(small.length(w.sample()).orElseThrow() <= 20, part);
    }
    assertEquals(passage.length(), behind);
  }

  @Test
  void aPassageThatFitsIsLeftAsItIs() {
    TextSample sample = new TextSample("who is it?", Optional.of("a bee and another bee"));
    assertEquals(List.of(new PassageWindow(sample, 0)), TEXT.windows(sample));
  }

  @Test
  void paddingMakesFewShapes() {
    assertEquals(17, Padding.LONGEST.length(17, 100));
    assertEquals(24, Padding.BUCKETS.length(17, 100));
    assertEquals(100, Padding.BUCKETS.length(97, 100));
    assertEquals(1024, Padding.BUCKETS.length(513, 4096));
    assertEquals(100, Padding.FULL.length(17, 100));
  }

  @Test
  void theFirstTokenOfAWordStandsForIt() {
    Map<String, HostTensor> prepared =
        TEXT.apply(new WordsSample(List.of("play", "unbelievably", "", "jazz")));
    // [CLS] play un ##bel ##ie ##va ##bly jazz [SEP]
    assertArrayEquals(
        new long[] {-1, 0, 1, -1, -1, -1, -1, 3, -1}, prepared.get(TokenAlignment.WORDS).toLongs());
    HostTensor words = TEXT.batch(List.of(prepared)).get(TokenAlignment.WORDS);
    assertEquals(TensorType.of(DType.INT32, 1, 16), words.type());
    assertEquals(TokenAlignment.NONE, words.toLongs()[15]);
  }

  @Test
  void tokensOfThePassageKnowTheirCharacters() {
    String passage = "\uD83D\uDC1D the b\u00EAee flies";
    Map<String, HostTensor> prepared = TEXT.apply(new TextSample("who?", Optional.of(passage)));
    long[] starts = prepared.get(TokenAlignment.STARTS).toLongs();
    long[] ends = prepared.get(TokenAlignment.ENDS).toLongs();
    // [CLS] who ? [SEP] [UNK] the bee ##e flies [SEP]
    assertEquals(10, starts.length);
    assertEquals("\uD83D\uDC1D", passage.substring((int) starts[4], (int) ends[4]));
    assertEquals("b\u00EAe", passage.substring((int) starts[6], (int) ends[6]));
    assertEquals("flies", passage.substring((int) starts[8], (int) ends[8]));
    assertEquals(TokenAlignment.NONE, starts[1]);
    assertEquals(TokenAlignment.NONE, ends[9]);
  }

  @Test
  void isReadBackWithItsTokenizer(@TempDir Path folder) throws IOException {
    for (Map.Entry<String, byte[]> file : TEXT.files().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    assertEquals(TEXT, Preprocessings.read("text", TEXT.settings(), folder));
    assertNotEquals(TEXT, TEXT.withMaxLength(64));
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {}}");
    DataException changed =
        assertThrows(
            DataException.class, () -> Preprocessings.read("text", TEXT.settings(), folder));
    assertTrue(changed.getMessage().contains("was changed"), changed.getMessage());
    Files.delete(folder.resolve("tokenizer.json"));
    DataException missing =
        assertThrows(
            DataException.class, () -> Preprocessings.read("text", TEXT.settings(), folder));
    assertTrue(missing.getMessage().startsWith("there is no tokenizer"), missing.getMessage());
  }

  @Test
  void refusesWhatIsNoTextAndWhatIsNoTokenizer() {
    assertThrows(
        DataException.class, () -> TEXT.apply(new TensorSample(HostTensor.of(new float[1], 1))));
    for (String json : List.of("{", "[1]", "{\"model\": {}}")) {
      assertThrows(
          DataException.class,
          () ->
              TextPreprocessing.of(
                  json.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                  network(DType.INT64, "input_ids")));
    }
  }

  @Test
  void severalThreadsGetWhatOneGets() {
    List<String> texts = IntStream.range(0, 400).mapToObj(i -> "text number " + i).toList();
    List<HostTensor> alone =
        texts.stream().map(t -> TEXT.apply(TextSample.of(t)).get("input_ids")).toList();
    List<HostTensor> together =
        texts.parallelStream().map(t -> TEXT.apply(TextSample.of(t)).get("input_ids")).toList();
    assertEquals(alone, together);
  }

  @Test
  void aClosedTokenizerRefusesWork() {
    Tokenizer tokenizer = new Tokenizer(tokenizer(), 16);
    assertFalse(tokenizer.encode("stop").exceedMaxLength());
    tokenizer.close();
    tokenizer.close();
    assertThrows(IllegalStateException.class, () -> tokenizer.encode("stop"));
  }
}
