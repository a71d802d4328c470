package dev.graft.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.graft.model.ModelFormatException;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxTensorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void everyElementTypeSurvivesAFile(DType type) throws IOException {
    HostTensor tensor = HostTensor.fromDoubles(TensorType.of(type, 2, 3), i -> i);
    OnnxTensors.write(tensor, folder.resolve("t.pb"));
    assertEquals(tensor, OnnxTensors.read(folder.resolve("t.pb")));
  }

  @Test
  void typedDataIsReadLikeRawData() throws IOException {
    TensorProto.Builder proto = TensorProto.newBuilder().addDims(2);
    assertArrayEquals(
        new double[] {1.5, -2},
        decode(proto.clone().setDataType(1).addFloatData(1.5f).addFloatData(-2)).toDoubles());
    assertArrayEquals(
        new double[] {1.5, -2},
        decode(proto.clone().setDataType(11).addDoubleData(1.5).addDoubleData(-2)).toDoubles());
    assertArrayEquals(
        new double[] {1, -2},
        decode(proto.clone().setDataType(10).addInt32Data(0x3c00).addInt32Data(0xc000))
            .toDoubles());
    assertArrayEquals(
        new double[] {1, -2},
        decode(proto.clone().setDataType(16).addInt32Data(0x3f80).addInt32Data(0xc000))
            .toDoubles());
    assertArrayEquals(
        new long[] {200, 3},
        decode(proto.clone().setDataType(2).addInt32Data(200).addInt32Data(3)).toLongs());
    assertArrayEquals(
        new long[] {-1, 3},
        decode(proto.clone().setDataType(7).addInt64Data(-1).addInt64Data(3)).toLongs());
    assertArrayEquals(
        new long[] {4000000000L, 3},
        decode(proto.clone().setDataType(12).addUint64Data(4000000000L).addUint64Data(3))
            .toLongs());
    assertArrayEquals(
        new long[] {1, 0},
        decode(proto.clone().setDataType(9).addInt32Data(1).addInt32Data(0)).toLongs());
  }

  @Test
  void anElementTypeNewerThanThisCodeIsNamedByItsNumber() {
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class, () -> decode(TensorProto.newBuilder().setDataType(26)));
    assertTrue(e.getMessage().contains("26"), e.getMessage());
  }

  @Test
  void missingElementsAreCounted() {
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class,
            () ->
                decode(
                    TensorProto.newBuilder()
                        .setDataType(1)
                        .addDims(3)
                        .setRawData(ByteString.copyFrom(new byte[8]))));
    assertTrue(e.getMessage().contains("12 bytes") && e.getMessage().contains("has 8"));
  }

  @Test
  void aFileOfSomethingElseIsRefusedByName() throws IOException {
    Path file = Files.writeString(folder.resolve("letter.pb"), "Dear Sir or Madam");
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> OnnxTensors.read(file));
    assertTrue(e.getMessage().contains("letter.pb"), e.getMessage());
  }

  private static HostTensor decode(TensorProto.Builder proto) throws IOException {
    return OnnxTensors.decode(proto.build(), "tensor 't'", ExternalData.REFUSED);
  }
}
