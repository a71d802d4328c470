package dev.graft.strategies.inductive;

import dev.graft.data.Labeled;
import dev.graft.data.PassageWindows;
import dev.graft.data.Preprocessing;
import dev.graft.data.SpanTargets;
import dev.graft.graph.Graph;
import dev.graft.graph.Value;
import dev.graft.train.Objective;
import dev.graft.train.Regularization;
import dev.graft.train.SpanCrossEntropy;
import dev.graft.transfer.Output;

/** Answers in passages: a linear head that scores each token as first and as last of the answer. */
record SpanKind() implements TargetKind<SpanTargets> {
  @Override
  public Output output() {
    return new Output.Span();
  }

  @Override
  public String cut(Graph graph) {
    return TokenFeatures.cut(graph);
  }

  @Override
  public Value features(Value cut) {
    return TokenFeatures.of(cut);
  }

  @Override
  public int width() {
    return 2;
  }

  @Override
  public Labeled<SpanTargets> read(Labeled<SpanTargets> data, Preprocessing preprocessing) {
    PassageWindows.View windows = PassageWindows.of(data.examples(), preprocessing);
    return new Labeled<>(windows, windows.windows().targets(data.targets()));
  }

  @Override
  public Objective objective(Regularization settings) {
    return new SpanCrossEntropy();
  }
}
