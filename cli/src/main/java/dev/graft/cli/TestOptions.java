package dev.graft.cli;

import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.Labeled;
import dev.graft.datasets.Opened;
import dev.graft.eval.Evaluation;
import dev.graft.strategies.Graft;
import dev.graft.transfer.Output;
import dev.graft.transfer.TransferredModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Examples that judge a finished model and decide nothing about it. */
final class TestOptions {
  @Option(
      names = "--test",
      paramLabel = "PATH",
      description = "Examples that judge the finished model; they decide nothing.")
  private @Nullable Path test;

  @Option(
      names = "--out-of-scope",
      paramLabel = "PATH",
      description =
          "Examples of none of the classes, to see whether the model is less sure of them than of"
              + " those of --test, or without it of --val.")
  private @Nullable Path outOfScope;

  /**
   * The examples, opened.
   *
   * @param inside what examples of none of the classes are held against
   */
  private record Parts(
      Optional<Labeled<?>> test, Optional<Labeled<?>> inside, Optional<Dataset> outside) {}

  private Parts parts = new Parts(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * Opens the examples, so that what is wrong with them is known before any work.
   *
   * @param like what the model's output will be
   * @param validation stands in for a missing test part
   */
  void open(
      DataSourceOptions sources,
      Output like,
      Optional<Opened<?>> validation,
      PrintWriter out,
      PrintWriter err) {
    Optional<Opened<?>> opened =
        Optional.ofNullable(test).map(t -> sources.openTargets(t, Optional.of(like), err));
    opened.ifPresent(t -> out.println("test data        " + DataSourceOptions.describe(t)));
    Optional<Labeled<?>> inside = opened.or(() -> validation).map(Opened::data);
    if (outOfScope != null && inside.isEmpty()) {
      throw new DataException(
          "--out-of-scope needs examples of the classes to hold the others against: give --test or"
              + " --val");
    }
    if (outOfScope != null && !(like instanceof Output.Classes)) {
      throw new DataException("--out-of-scope is for models that choose one class");
    }
    parts =
        new Parts(
            opened.map(Opened::data),
            inside,
            Optional.ofNullable(outOfScope).map(sources::openExamples));
  }

  /** What the examples say of a model, by the name of the part. */
  Map<String, Evaluation> evaluate(Graft graft, TransferredModel made) {
    Map<String, Evaluation> all = new LinkedHashMap<>();
    parts.test().ifPresent(t -> all.put("test", graft.evaluate(made, t)));
    parts
        .outside()
        .ifPresent(
            o ->
                all.put(
                    "out-of-scope",
                    graft.evaluateScope(made, parts.inside().orElseThrow().examples(), o)));
    return all;
  }
}
