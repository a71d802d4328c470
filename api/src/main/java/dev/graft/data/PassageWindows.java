package dev.graft.data;

import dev.graft.data.SpanTargets.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Questions about passages of any length: a passage that is too long to be read at once is there in
 * several overlapping parts, one behind the other, as {@link Preprocessing#windows} divides it.
 */
public final class PassageWindows {
  private final List<Part> parts = new ArrayList<>();

  private record Part(int question, Sample sample, int offset, int end) {}

  public PassageWindows(List<? extends Sample> questions, Preprocessing preprocessing) {
    for (int i = 0; i < questions.size(); i++) {
      Sample sample = questions.get(i);
      if (sample instanceof TextSample text && text.pair().isPresent()) {
        for (PassageWindow w : preprocessing.windows(text)) {
          int length = w.sample().pair().map(String::length).orElse(0);
          parts.add(new Part(i, w.sample(), w.offset(), w.offset() + length));
        }
      } else {
        parts.add(new Part(i, sample, 0, 0)); // whoever needs a passage says that it is missing
      }
    }
  }

  /** Of a data set, and as one. */
  public static View of(Dataset questions, Preprocessing preprocessing) {
    List<Sample> samples =
        IntStream.range(0, questions.size()).mapToObj(questions::sample).toList();
    return new View(
        questions, preprocessing.fingerprint(), new PassageWindows(samples, preprocessing));
  }

  public List<Sample> samples() {
    return parts.stream().map(Part::sample).toList();
  }

  /** The question that a window belongs to. */
  public int question(int window) {
    return parts.get(window).question();
  }

  /** The character of the whole passage at which a window begins. */
  public int offset(int window) {
    return parts.get(window).offset();
  }

  /** The answers that lie wholly inside each window, by their place in it; none for some. */
  public SpanTargets targets(SpanTargets whole) {
    return new SpanTargets(
        parts.stream()
            .map(
                p ->
                    whole.answers().get(p.question()).stream()
                        .filter(a -> a.start() >= p.offset() && a.end() <= p.end())
                        .map(a -> new Span(a.start() - p.offset(), a.end() - p.offset()))
                        .toList())
            .toList());
  }

  /**
   * A data set with an example for each window.
   *
   * @param questions the data set that was divided
   * @param preprocessing by what it was divided
   * @param windows its windows
   */
  public record View(Dataset questions, String preprocessing, PassageWindows windows)
      implements Dataset {
    @Override
    public String name() {
      return questions.name();
    }

    @Override
    public int size() {
      return windows.parts.size();
    }

    @Override
    public Sample sample(int i) {
      return windows.parts.get(i).sample();
    }

    @Override
    public String id(int i) {
      return questions.id(windows.question(i));
    }

    @Override
    public String fingerprint() {
      return new ContentDigest().add(questions.fingerprint()).add(preprocessing).hex();
    }

    @Override
    public String fingerprint(int i) {
      return new ContentDigest()
          .add(questions.fingerprint(windows.question(i)))
          .add(windows.offset(i))
          .hex();
    }
  }
}
