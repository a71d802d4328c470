package dev.graft.onnx;

import static dev.graft.onnx.OnnxFile.attr;
import static dev.graft.onnx.OnnxFile.floats;
import static dev.graft.onnx.OnnxFile.ints;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.model.GraphModel;
import dev.graft.tensor.HostTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A model of an old opset computes the same before and after it was brought to the pinned one: ONNX
 * Runtime, which knows all versions, runs the file as it was, and the file that is written of the
 * graph that was read.
 */
class OpsetNumbersTest {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  /** A model with FLOAT32 inputs of fixed sizes. */
  private record Case(String name, OnnxFile file) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void conversionKeepsTheNumbers(Case c) throws OrtException {
    ModelProto original = c.file.build();
    GraphModel read = OnnxReader.read(original);
    ModelProto converted =
        OnnxWriter.STANDARD.toProto(OnnxWriter.decompose(read.graph()), read.parameters());
    assertEquals(21, converted.getOpsetImport(0).getVersion());
    Map<String, float[]> before = run(original);
    Map<String, float[]> after = run(converted);
    assertEquals(before.keySet(), after.keySet());
    before.forEach((name, values) -> assertArrayEquals(values, after.get(name), 1e-5f, name));
  }

  static Stream<Case> conversionKeepsTheNumbers() {
    return Stream.of(
        unary(7, "Softmax", attr("axis", 1)),
        unary(9, "Softmax", attr("axis", 2)),
        unary(11, "LogSoftmax", attr("axis", 1)),
        unary(11, "Hardmax", attr("axis", 0)),
        unary(12, "Softmax", attr("axis", -1)),
        unary(7, "ReduceMean", ints("axes", 1, 3), attr("keepdims", 0)),
        unary(11, "ReduceL1", ints("axes", -1)),
        unary(11, "ReduceSum"),
        unary(12, "ReduceLogSumExp", ints("axes", 2)),
        unary(17, "ReduceMax", ints("axes", 0, 1)),
        unary(7, "Clip", attr("min", -0.5f)),
        unary(10, "Clip", attr("min", -0.5f), attr("max", 0.25f)),
        unary(7, "Pad", ints("pads", 0, 0, 1, 2, 0, 0, 2, 1), attr("value", 1.5f)),
        unary(9, "Pad", attr("mode", "reflect"), ints("pads", 0, 0, 1, 1, 0, 0, 1, 1)),
        unary(10, "Pad", attr("mode", "edge"), ints("pads", 0, 0, 1, 1, 0, 0, 1, 1)),
        unary(9, "Slice", ints("starts", 1, -3), ints("ends", 2, 100), ints("axes", 1, 3)),
        unary(7, "Slice", ints("starts", 0, 1), ints("ends", 1, -1)),
        unary(7, "Upsample", floats("scales", 1, 1, 2, 3)),
        unary(7, "Upsample", attr("mode", "linear"), floats("scales", 1, 1, 2, 2)),
        scaled(9, "Upsample", attr("mode", "nearest")),
        scaled(10, "Resize", attr("mode", "nearest")),
        scaled(10, "Resize", attr("mode", "linear")),
        unary(11, "Unsqueeze", ints("axes", 0, 2)),
        unary(7, "Flatten", attr("axis", 2)),
        unary(7, "Dropout", attr("ratio", 0.3f)),
        unary(10, "Dropout"),
        unary(7, "AveragePool", ints("kernel_shape", 2, 2), ints("pads", 1, 1, 0, 0)),
        unary(10, "AveragePool", ints("kernel_shape", 3, 3), attr("ceil_mode", 1)),
        unary(8, "MaxPool", ints("kernel_shape", 2, 3), ints("strides", 2, 1)),
        unary(9, "MeanVarianceNormalization"),
        unary(7, "DepthToSpace", attr("blocksize", 2)),
        unary(7, "InstanceNormalizationOfOnes"),
        squeezed(),
        split(7, ints("split", 1, 3)),
        split(11),
        split(17),
        topK(),
        batchNormalization(7),
        batchNormalization(9),
        gemm(),
        scatter());
  }

  private static Case unary(int opset, String operator, AttributeProto... attributes) {
    OnnxFile file = new OnnxFile(opset).input("x", 2, 4, 5, 6);
    if (operator.equals("InstanceNormalizationOfOnes")) {
      file.initializer("val_1", HostTensor.of(new float[] {1, 1, 1, 1}, 4))
          .initializer("val_2", HostTensor.of(new float[4], 4))
          .node("InstanceNormalization", List.of("x", "val_1", "val_2"), List.of("y"));
    } else {
      file.node(operator, List.of("x"), List.of("y"), attributes);
    }
    return new Case(
        operator + "-" + opset + Arrays.stream(attributes).map(a -> " " + a.getName()).toList(),
        file.output("y"));
  }

  private static Case scaled(int opset, String operator, AttributeProto mode) {
    return new Case(
        operator + "-" + opset + " scales " + mode.getS().toStringUtf8(),
        new OnnxFile(opset)
            .input("x", 1, 2, 3, 4)
            .initializer("scales", HostTensor.of(new float[] {1, 1, 2, 1.5f}, 4))
            .node(operator, List.of("x", "scales"), List.of("y"), mode)
            .output("y"));
  }

  private static Case squeezed() {
    return new Case(
        "Squeeze-11",
        new OnnxFile(11)
            .input("x", 1, 3, 1)
            .node("Squeeze", List.of("x"), List.of("y"), ints("axes", 0))
            .node("Squeeze", List.of("x"), List.of("z"))
            .output("y", "z"));
  }

  private static Case split(int opset, AttributeProto... sizes) {
    AttributeProto[] attributes = Arrays.copyOf(sizes, sizes.length + 1);
    attributes[sizes.length] = attr("axis", 1);
    return new Case(
        "Split-" + opset,
        new OnnxFile(opset)
            .input("x", 3, 4)
            .node("Split", List.of("x"), List.of("a", "b"), attributes)
            .output("a", "b"));
  }

  private static Case topK() {
    return new Case(
        "TopK-9",
        new OnnxFile(9)
            .input("x", 3, 7)
            .node("TopK", List.of("x"), List.of("v", "i"), attr("k", 3))
            .node("Cast", List.of("i"), List.of("f"), attr("to", 1))
            .output("v", "f"));
  }

  private static Case batchNormalization(int opset) {
    OnnxFile file = new OnnxFile(opset).input("x", 2, 3, 4);
    for (int i = 0; i < 4; i++) {
      file.initializer("p" + i, HostTensor.of(new float[] {1 + i, 2, 0.5f}, 3));
    }
    return new Case(
        "BatchNormalization-" + opset,
        file.node(
                "BatchNormalization",
                List.of("x", "p0", "p1", "p2", "p3"),
                List.of("y"),
                attr("epsilon", 0.01f))
            .output("y"));
  }

  private static Case gemm() {
    return new Case(
        "Gemm-7",
        new OnnxFile(7)
            .input("x", 2, 3)
            .initializer("w", HostTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3))
            .initializer("b", HostTensor.of(new float[] {7, 8}, 2))
            .node("Gemm", List.of("x", "w", "b"), List.of("y"), attr("transB", 1), attr("beta", 2f))
            .output("y"));
  }

  private static Case scatter() {
    return new Case(
        "Scatter-9",
        new OnnxFile(9)
            .input("x", 3, 3)
            .input("u", 1, 2)
            .initializer("i", HostTensor.of(new long[] {2, 0}, 1, 2))
            .node("Scatter", List.of("x", "i", "u"), List.of("y"), attr("axis", 1))
            .output("y"));
  }

  // --- running

  private static Map<String, float[]> run(ModelProto model) throws OrtException {
    Map<String, OnnxTensor> feeds = new HashMap<>();
    Map<String, float[]> results = new LinkedHashMap<>();
    try (OrtSession session = ENVIRONMENT.createSession(model.toByteArray())) {
      for (var input : model.getGraph().getInputList()) {
        long[] sizes =
            input.getType().getTensorType().getShape().getDimList().stream()
                .mapToLong(d -> d.getDimValue())
                .toArray();
        feeds.put(input.getName(), OnnxTensor.createTensor(ENVIRONMENT, numbers(sizes), sizes));
      }
      try (OrtSession.Result result = session.run(feeds)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          FloatBuffer values = ((OnnxTensor) output.getValue()).getFloatBuffer();
          float[] copy = new float[values.remaining()];
          values.get(copy);
          results.put(output.getKey(), copy);
        }
      }
    } finally {
      feeds.values().forEach(OnnxTensor::close);
    }
    return results;
  }

  private static FloatBuffer numbers(long[] sizes) {
    int n = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    Random random = new Random(n);
    FloatBuffer values = FloatBuffer.allocate(n);
    for (int i = 0; i < n; i++) {
      values.put(i, (float) random.nextGaussian());
    }
    return values;
  }
}
