package dev.graft.strategies.inductive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.Labeled;
import dev.graft.data.PixelScaling;
import dev.graft.data.TensorPreprocessing;
import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.GraphException;
import dev.graft.graph.ParameterStore;
import dev.graft.graph.Value;
import dev.graft.graph.edit.Initialization;
import dev.graft.graph.edit.LowRankAdapters;
import dev.graft.model.GraphModel;
import dev.graft.model.PretrainedModel;
import dev.graft.model.Provenance;
import dev.graft.random.Seed;
import dev.graft.strategies.BackendChoice;
import dev.graft.strategies.Graft;
import dev.graft.strategies.Toys;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import dev.graft.train.ParameterGroup;
import dev.graft.train.TrainingSettings;
import dev.graft.train.Tuning;
import dev.graft.train.Tuning.Method;
import dev.graft.transfer.StrategyException;
import dev.graft.transfer.TransferredModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What fine-tuning trains. */
class TuningTest {
  private static final Seed SEED = new Seed(11);
  private static final TrainingSettings QUICK =
      TrainingSettings.DEFAULT
          .withEpochs(10)
          .withBatchSize(8)
          .schedule(s -> s.withRate(0.02))
          .stopping(s -> s.withValidationFraction(0));

  private final Labeled<ClassLabels> train = Toys.clouds(3, 12, 0.35, SEED);
  private final PretrainedModel network = pretrained(Toys.normalised(7, SEED));
  private Graft graft;

  @BeforeEach
  void open() {
    graft =
        Graft.open(
            binder -> binder.bind(BackendChoice.class).toInstance(BackendChoice.of("reference")));
  }

  @AfterEach
  void close() {
    graft.close();
  }

  private static PretrainedModel pretrained(GraphModel model) {
    return new PretrainedModel(
        "toy",
        model,
        new TensorPreprocessing(Toys.INPUT, List.of(Toys.WIDTH), PixelScaling.NONE),
        new Provenance("toy", model.fingerprint(), Optional.empty(), List.of(), Map.of()));
  }

  private TransferredModel tuned(UnaryOperator<Tuning> change) {
    return graft.transfer(network).with(QUICK.tuning(change)).fit(train);
  }

  private static void assertKept(
      PretrainedModel before, TransferredModel after, List<String> names) {
    for (String name : names) {
      assertEquals(
          before.model().parameters().get(name), after.model().parameters().get(name), name);
    }
  }

  @Test
  void adaptersAreMergedIntoTheOriginalArchitecture() {
    TransferredModel full = tuned(t -> t);
    TransferredModel lora = tuned(t -> t.withMethod(Method.LORA).withLora(t.lora().withRank(2)));
    assertEquals(full.model().graph().toString(), lora.model().graph().toString());
    assertEquals(full.model().parameters().names(), lora.model().parameters().names());
    assertKept(network, lora, List.of("b1", "scale", "shift", "mean", "var"));
    assertNotEquals(network.model().parameters().get("w1"), lora.model().parameters().get("w1"));
    // A is 4x2 and B 2x8, beside the head's 3x8 weights and 3 biases.
    assertEquals(8 + 16 + 27, lora.summary().trainable());
    assertTrue(graft.evaluate(lora, train).metric("accuracy") > 0.9);
  }

  @Test
  void mergedAdaptersComputeWhatTheAdaptedNetworkDoes() {
    GraphModel model = everyKindOfProduct();
    Set<String> adaptable = LowRankAdapters.adaptable(model.graph(), 2);
    assertEquals(
        Set.of("kernel", "matrix", "stored transposed", "gemm", "gemm transposed"), adaptable);
    LowRankAdapters adapters = LowRankAdapters.insert(model.graph(), adaptable, 2, 3);
    Map<String, HostTensor> values = new HashMap<>();
    for (String name : adapters.parameters()) {
      Seed seed = SEED.derive(name);
      values.put(
          name, HostTensor.fromDoubles(adapters.graph().type(name), i -> 0.3 * seed.gaussian(i)));
    }
    ParameterStore trained = model.parameters().with(values);
    Map<String, HostTensor> feeds =
        Map.of("x", HostTensor.fromDoubles(model.graph().type("x"), SEED::gaussian));
    double[] adapted = run(new GraphModel(adapters.graph(), trained), feeds);
    double[] merged = run(new GraphModel(model.graph(), adapters.merge(trained)), feeds);
    double[] before = run(model, feeds);
    double largest = 0;
    for (int i = 0; i < adapted.length; i++) {
      assertEquals(adapted[i], merged[i], 1e-4 * Math.max(1, Math.abs(adapted[i])));
      largest = Math.max(largest, Math.abs(adapted[i] - before[i]));
    }
    assertTrue(largest > 0.1, "the adapters did nothing");
  }

  @Test
  void freshAdaptersChangeNothing() {
    GraphModel model = everyKindOfProduct();
    LowRankAdapters adapters =
        LowRankAdapters.insert(model.graph(), LowRankAdapters.adaptable(model.graph(), 1), 1, 1);
    Map<String, HostTensor> feeds =
        Map.of("x", HostTensor.fromDoubles(model.graph().type("x"), SEED::gaussian));
    ParameterStore fresh = model.parameters().with(adapters.initial(SEED));
    double[] expected = run(model, feeds);
    double[] actual = run(new GraphModel(adapters.graph(), fresh), feeds);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-6);
    }
  }

  @Test
  void aWeightThatNoAdapterFitsIsRefused() {
    GraphModel model = everyKindOfProduct();
    GraphException e =
        assertThrows(
            GraphException.class,
            () -> LowRankAdapters.insert(model.graph(), List.of("depthwise"), 1, 1));
    assertTrue(e.getMessage().contains("'depthwise'"), e.getMessage());
    StrategyException none =
        assertThrows(
            StrategyException.class,
            () -> tuned(t -> t.withMethod(Method.LORA).withLora(t.lora().withRank(4))));
    assertTrue(none.getMessage().contains("rank 4"), none.getMessage());
  }

  @Test
  void biasTuningMovesBiasesAlone() {
    TransferredModel model = tuned(t -> t.withMethod(Method.BIASES));
    assertKept(network, model, List.of("w1", "scale", "mean", "var"));
    for (String bias : List.of("b1", "shift")) {
      assertNotEquals(
          network.model().parameters().get(bias), model.model().parameters().get(bias), bias);
    }
    assertEquals(8 + 8 + 27, model.summary().trainable());
  }

  @Test
  void negativeFreezeLayersCountFromTheHead() {
    TransferredModel model = tuned(t -> t.withFreezeLayers(-1));
    assertKept(network, model, List.of("w1", "b1", "scale", "shift", "mean", "var"));
    assertEquals(27, model.summary().trainable());
    assertTrue(model.frozenUpTo().isPresent());
  }

  @Test
  void gradualUnfreezingTrainsTheHeadAloneAtFirst() {
    TrainingSettings one = QUICK.withEpochs(1).tuning(t -> t.withUnfreezeEpochs(1));
    TransferredModel first = graft.transfer(network).with(one).fit(train);
    assertKept(network, first, List.of("w1", "b1", "scale", "shift"));
    TransferredModel second = graft.transfer(network).with(one.withEpochs(2)).fit(train);
    assertNotEquals(network.model().parameters().get("w1"), second.model().parameters().get("w1"));
  }

  @Test
  void ratesFallAndEpochsRiseFromLayerToLayer() {
    GraphModel deep = deep();
    Tuning tuning =
        Tuning.DEFAULT.withBackboneRateFactor(0.5).withLowestRateFactor(0.01).withUnfreezeEpochs(2);
    List<ParameterGroup> groups =
        TunedParameters.of(deep, Set.of("w4"), false, tuning, SEED).groups();
    Map<String, ParameterGroup> byName = new HashMap<>();
    groups.forEach(g -> g.parameters().forEach(p -> byName.put(p, g)));
    assertEquals(1, byName.get("w4").rateFactor(), 0);
    assertEquals(0.5, byName.get("w3").rateFactor(), 1e-12);
    assertEquals(0.05, byName.get("w2").rateFactor(), 1e-12);
    assertEquals(0.005, byName.get("w1").rateFactor(), 1e-12);
    assertEquals(0, byName.get("w4").firstEpoch());
    assertEquals(1, byName.get("w3").firstEpoch());
    assertEquals(2, byName.get("w1").firstEpoch());
  }

  @Test
  void withoutDifferencesTheBackboneIsOneGroup() {
    List<ParameterGroup> groups =
        TunedParameters.of(deep(), Set.of("w4"), true, Tuning.DEFAULT, SEED).groups();
    assertEquals(List.of("head", "backbone"), groups.stream().map(g -> g.name()).toList());
    assertEquals(Set.of("w1", "w2", "w3"), groups.get(1).parameters());
    // A head that was fitted is at its best already.
    assertTrue(groups.get(0).relative() && groups.get(1).relative());
  }

  private double[] run(GraphModel model, Map<String, HostTensor> feeds) {
    try (var program =
        graft
            .backend()
            .compile(
                model.graph(), model.parameters(), dev.graft.backend.CompileOptions.INFERENCE)) {
      return program.runToHost(feeds).get(model.graph().outputs().get(0)).toDoubles();
    }
  }

  private static GraphModel deep() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 5));
    for (int i = 1; i <= 4; i++) {
      x = g.op("MatMul", x, g.parameter("w" + i, TensorType.of(DType.FLOAT32, 5, 5)));
    }
    g.output(x);
    return new GraphModel(g.build(), Initialization.all(g.build(), SEED));
  }

  /** A convolution, a depthwise one, and matrices in every way that exporters store them. */
  private static GraphModel everyKindOfProduct() {
    GraphBuilder g = new GraphBuilder();
    Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 6, 8, 8));
    Value conv =
        g.op(
            "Conv",
            Attributes.of("strides", new long[] {2, 2}).with("pads", new long[] {1, 1, 1, 1}),
            x,
            g.parameter("kernel", TensorType.of(DType.FLOAT32, 12, 6, 3, 3)),
            g.parameter("bias", TensorType.of(DType.FLOAT32, 12)));
    Value depthwise =
        g.op(
            "Conv",
            Attributes.of("group", 12),
            conv,
            g.parameter("depthwise", TensorType.of(DType.FLOAT32, 12, 1, 3, 3)));
    Value rows = g.op("Flatten", depthwise);
    Value y = g.op("MatMul", rows, g.parameter("matrix", TensorType.of(DType.FLOAT32, 48, 10)));
    Value stored = g.parameter("stored transposed", TensorType.of(DType.FLOAT32, 12, 10));
    y = g.op("MatMul", y, g.op("Transpose", stored));
    y = g.op("Gemm", y, g.parameter("gemm", TensorType.of(DType.FLOAT32, 12, 9)));
    Value transposed = g.parameter("gemm transposed", TensorType.of(DType.FLOAT32, 8, 9));
    y = g.op("Gemm", Attributes.of("transB", 1), y, transposed);
    // Two readers: an adapter would have to be beside both.
    Value tied = g.parameter("tied", TensorType.of(DType.FLOAT32, 8, 8));
    g.output(g.op("MatMul", g.op("MatMul", y, tied), tied));
    return new GraphModel(g.build(), Initialization.all(g.build(), SEED));
  }
}
