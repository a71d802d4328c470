package dev.graft.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.DataException;
import dev.graft.data.Sample;
import dev.graft.data.TextSample;
import dev.graft.data.TokenAlignment;
import dev.graft.data.WordsSample;
import dev.graft.tensor.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutputTest {
  private static final Sample ANY = TextSample.of("");

  @Test
  void classesAreTheSoftmaxOfTheirLogits() {
    HostTensor logits = HostTensor.of(new float[] {0, 0, 0, (float) Math.log(3)}, 2, 2);
    Prediction.OneClass p =
        (Prediction.OneClass) new Output.Classes(List.of("ant", "bee")).prediction(logits, 1, ANY);
    assertEquals("bee", p.text());
    assertEquals(0.75, p.probability(), 1e-6);
  }

  @Test
  void labelsAreThoseAtLeastAsLikelyAsNot() {
    HostTensor logits = HostTensor.of(new float[] {-1, 0, 2}, 1, 3);
    Prediction.LabelSet p =
        (Prediction.LabelSet) new Output.Labels(List.of("a", "b", "c")).prediction(logits, 0, ANY);
    assertEquals(List.of("b", "c"), p.labels());
    assertEquals(1 / (1 + Math.E), p.probabilities().get("a"), 1e-6);
  }

  @Test
  void aWordHasTheScoresOfItsFirstToken() {
    Output output = new Output.TokenClasses(List.of("O", "B-city"));
    // [CLS] new ##ly york [SEP], and a sentence of one word with padding.
    HostTensor raw =
        HostTensor.of(
            new float[] {9, 9, 1, 2, 8, 8, 3, 7, 9, 9, 9, 9, 5, 4, 9, 9, 9, 9, 9, 9}, 2, 5, 2);
    HostTensor words = HostTensor.of(new int[] {-1, 0, -1, 1, -1, -1, 0, -1, -1, -1}, 2, 5);
    HostTensor scores = output.align(raw, Map.of(TokenAlignment.WORDS, words));
    assertArrayEquals(new float[] {1, 2, 3, 7, 5, 4, 0, 0}, scores.toFloats());
    Prediction.Words p =
        (Prediction.Words) output.prediction(scores, 0, new WordsSample(List.of("newly", "york")));
    assertEquals(List.of("B-city", "B-city"), p.tags());
  }

  @Test
  void anAnswerIsTheBestPairOfTokensOfThePassageInOrder() {
    Output output = new Output.Span();
    String passage = "in Paris now";
    // One token of the question, then the three words. The best end stands before the best start,
    // and the question's token, the best of all, is no part of the passage.
    HostTensor raw = HostTensor.of(new float[] {9, 9, 0, 3, 4, 2, 1, 1}, 1, 4, 2);
    HostTensor starts = HostTensor.of(new int[] {-1, 0, 3, 9}, 1, 4);
    HostTensor ends = HostTensor.of(new int[] {-1, 2, 8, 12}, 1, 4);
    HostTensor scores =
        output.align(raw, Map.of(TokenAlignment.STARTS, starts, TokenAlignment.ENDS, ends));
    Prediction.Answer p =
        (Prediction.Answer)
            output.prediction(scores, 0, new TextSample("where?", Optional.of(passage)));
    assertEquals("Paris", p.text());
    assertEquals(3, p.start());
    assertEquals(8, p.end());
  }

  @Test
  void withoutAlignmentTheMessageSaysWhatIsMissing() {
    DataException e =
        assertThrows(
            DataException.class,
            () -> new Output.Span().align(HostTensor.of(new float[2], 1, 1, 2), Map.of()));
    assertTrue(e.getMessage().contains("tokenizer"), e.getMessage());
  }

  @Test
  void everyKindComesBackByItsName() {
    List<String> names = List.of("a", "b");
    for (Output output :
        List.of(
            new Output.Classes(names),
            new Output.Labels(names),
            new Output.Numbers(names),
            new Output.TokenClasses(names),
            new Output.Span())) {
      assertEquals(output, Output.of(output.kind(), output.names()));
    }
    assertThrows(DataException.class, () -> Output.of("pixels", names));
  }
}
