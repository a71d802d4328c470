package dev.graft.transfer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a model says of one example; one kind for each kind of {@link Output}. */
public sealed interface Prediction {
  /** The answer in words. */
  String text();

  /** All that is known, as texts, numbers, lists and maps, such as for JSON. */
  Map<String, Object> values();

  /**
   * One class.
   *
   * @param label the most probable class
   * @param probabilities the probability of every class, in the model's order
   */
  record OneClass(String label, Map<String, Double> probabilities) implements Prediction {
    public OneClass {
      probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }

    /** The probability of the label. */
    public double probability() {
      return probabilities.get(label);
    }

    @Override
    public String text() {
      return label;
    }

    @Override
    public Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("label", label);
      values.put("probability", probability());
      values.put("probabilities", probabilities);
      return values;
    }
  }

  /**
   * Any number of labels.
   *
   * @param labels those with a probability of at least one half
   * @param probabilities the probability of every label, in the model's order
   */
  record LabelSet(List<String> labels, Map<String, Double> probabilities) implements Prediction {
    public LabelSet {
      labels = List.copyOf(labels);
      probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }

    @Override
    public String text() {
      return String.join(", ", labels);
    }

    @Override
    public Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("labels", labels);
      values.put("probabilities", probabilities);
      return values;
    }
  }

  /**
   * Numbers in the units of the targets.
   *
   * @param numbers by name, in the model's order
   */
  record Numbers(Map<String, Double> numbers) implements Prediction {
    public Numbers {
      numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    }

    @Override
    public String text() {
      return numbers.values().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    @Override
    public Map<String, Object> values() {
      return Map.of("numbers", numbers);
    }
  }

  /**
   * A tag for each word.
   *
   * @param words the words
   * @param tags the most probable class of each
   * @param probabilities of the tags
   */
  record Words(List<String> words, List<String> tags, List<Double> probabilities)
      implements Prediction {
    public Words {
      words = List.copyOf(words);
      tags = List.copyOf(tags);
      probabilities = List.copyOf(probabilities);
    }

    @Override
    public String text() {
      return String.join(" ", tags);
    }

    @Override
    public Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("words", words);
      values.put("tags", tags);
      values.put("probabilities", probabilities);
      return values;
    }
  }

  /**
   * A part of a passage; empty, with probability 0, where nothing of the passage was read.
   *
   * @param start its first character
   * @param end the one behind its last
   * @param text it
   * @param probability of this part
   */
  record Answer(int start, int end, String text, double probability) implements Prediction {
    @Override
    public Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("answer", text);
      values.put("start", start);
      values.put("end", end);
      values.put("probability", probability);
      return values;
    }
  }
}
