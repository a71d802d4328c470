package dev.graft.strategies.inductive;

import dev.graft.data.TokenLabels;
import dev.graft.graph.Graph;
import dev.graft.graph.Value;
import dev.graft.train.Objective;
import dev.graft.train.Regularization;
import dev.graft.train.TokenCrossEntropy;
import dev.graft.transfer.Output;

/** A class per word: one linear head for all tokens, cross-entropy at each word's first token. */
record TokenKind(TokenLabels train) implements TargetKind<TokenLabels> {
  @Override
  public Output output() {
    return new Output.TokenClasses(train.classes());
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
  public Objective objective(Regularization settings) {
    return new TokenCrossEntropy(train.classes().size(), settings.labelSmoothing());
  }
}
