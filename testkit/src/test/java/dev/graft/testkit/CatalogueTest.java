package dev.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.graft.graph.Operator;
import dev.graft.graph.Operators;
import dev.graft.random.Seed;
import dev.graft.testkit.cases.Catalogue;
import dev.graft.testkit.cases.GradientCheck;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private static List<String> draw(long seed) {
    return Catalogue.draw(new Seed(seed)).stream()
        .map(e -> e.name() + e.sample() + e.sample().feeds())
        .toList();
  }

  @Test
  void equalSeedsGiveEqualNodes() {
    assertEquals(draw(1), draw(1));
    assertNotEquals(draw(1), draw(2));
  }

  @Test
  void everyRowHasSamples() {
    Set<String> missing =
        Operators.all().stream().map(Operator::name).collect(Collectors.toCollection(TreeSet::new));
    Catalogue.draw(new Seed(1)).forEach(e -> missing.remove(e.sample().operator()));
    assertEquals(Set.of(), missing);
  }

  @Test
  void everyDifferentiableRowHasItsGradientChecked() {
    Set<String> missing =
        Operators.all().stream()
            .filter(Operator::differentiable)
            .filter(Operator::isStandard)
            .map(Operator::name)
            .collect(Collectors.toCollection(TreeSet::new));
    GradientCheck.smooth(Catalogue.draw(new Seed(1))).stream()
        .filter(e -> !GradientCheck.of(e.sample(), new Seed(1)).isEmpty())
        .forEach(e -> missing.remove(e.sample().operator()));
    assertEquals(Set.of(), missing);
  }
}
