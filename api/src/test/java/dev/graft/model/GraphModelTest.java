package dev.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.graft.graph.GraphBuilder;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class GraphModelTest {
  private static GraphModel scaled(float by) {
    GraphBuilder g = new GraphBuilder();
    HostTensor weight = HostTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    Value x = g.input("x", HostTensor.of(new float[4], 2, 2).type());
    Value product = x.matmul(g.parameter("w", weight.type()));
    Value y = product.mul(g.constant("by", HostTensor.of(new float[] {by}, 1)));
    return new GraphModel(g.output(y).build(), ParameterStore.EMPTY.with("w", weight));
  }

  /** Features kept on disk are found again by it, so it is written down here. */
  @Test
  void theFingerprintIsTheSameInEveryProcess() {
    assertEquals(
        "352860481943d8baf73190467aef19bc8019c8b7a6137d3921b2f4dcd6261007",
        scaled(2).fingerprint());
  }

  @Test
  void theFingerprintFollowsConstants() {
    assertNotEquals(scaled(2).fingerprint(), scaled(3).fingerprint());
  }
}
