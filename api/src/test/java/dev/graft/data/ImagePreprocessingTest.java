package dev.graft.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ImagePreprocessing.Channels;
import dev.graft.data.ImagePreprocessing.Fit;
import dev.graft.data.ImagePreprocessing.Layout;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ImagePreprocessingTest {
  private static final Path HERE = Path.of("");

  private static ImageSample grey(int width, int height, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new ImageSample(width, height, 1, pixels);
  }

  private static ImageSample colour(int width, int height) {
    byte[] pixels = new byte[width * height * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) ((i * 37 + i / 7) % 256);
    }
    return new ImageSample(width, height, 3, pixels);
  }

  private static float[] values(ImagePreprocessing preprocessing, ImageSample image) {
    return preprocessing.apply(image).get("input").toFloats();
  }

  @Test
  void readsTheFormulasThatModelsCarry() {
    assertEquals(
        new PixelScaling(1 / 127.5, List.of(1.0), List.of(1.0)), PixelScaling.parse("x/127.5-1"));
    assertEquals(
        new PixelScaling(1, List.of(123.0, 117.0, 104.0), List.of(1.0)),
        PixelScaling.parse("x-(123,117,104)"));
    assertEquals(
        new PixelScaling(1 / 255.0, List.of(0.0), List.of(1.0)), PixelScaling.parse("x / 255"));
    assertEquals(
        PixelScaling.IMAGENET,
        PixelScaling.parse("(x/255-(0.485,0.456,0.406))/(0.229,0.224,0.225)"));
    assertEquals(PixelScaling.NONE, PixelScaling.parse("x"));
    for (String wrong : List.of("x/2/3", "y", "x-1/2", "(x/255", "x*2", "")) {
      assertThrows(DataException.class, () -> PixelScaling.parse(wrong), wrong);
    }
  }

  @Test
  void refusesAScalingByZero() {
    assertThrows(DataException.class, () -> PixelScaling.parse("(x-1)/0"));
  }

  @Test
  void keepsPixelsWhenTheSizeIsRight() {
    ImagePreprocessing exact = ImagePreprocessing.of(3, PixelScaling.NONE).withResize(3);
    ImageSample image = colour(3, 3);
    float[] out = values(exact, image);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < 9; i++) {
        assertEquals(image.pixels()[i * 3 + c] & 0xff, out[c * 9 + i]);
      }
    }
  }

  @Test
  void averagesWhatItShrinks() {
    // Half the size: the triangle reaches two source pixels to each side of the centre between
    // them, weights 1/4 3/4 3/4 1/4; outside the image there is nothing.
    ImagePreprocessing half =
        new ImagePreprocessing(
            "input", 0, 2, 1, Channels.GREY, Layout.NCHW, Fit.STRETCH, PixelScaling.NONE);
    float[] out = values(half, grey(4, 1, 0, 100, 200, 40));
    // First: (.75*0 + .75*100 + .25*200) / 1.75 = 71.43; second: (.25*100 + .75*200 + .75*40) /
    // 1.75
    assertArrayEquals(new float[] {71, 117}, out);
  }

  @Test
  void interpolatesWhatItEnlarges() {
    ImagePreprocessing twice =
        new ImagePreprocessing(
            "input", 0, 4, 1, Channels.GREY, Layout.NCHW, Fit.STRETCH, PixelScaling.NONE);
    assertArrayEquals(new float[] {0, 25, 75, 100}, values(twice, grey(2, 1, 0, 100)));
  }

  @Test
  void resizesToTheSameBitsAsPillow() {
    // Checksums of Pillow 12.3's resize(size, BILINEAR) of the same images.
    assertEquals(0xa29060f6L, resizedChecksum(53, 40, 27, 20));
    assertEquals(0x26578271L, resizedChecksum(53, 40, 19, 32));
    assertEquals(0xee9419bfL, resizedChecksum(31, 17, 64, 40));
    assertEquals(0x9e9f563fL, resizedChecksum(300, 200, 224, 224));
    assertEquals(0x4ab6ccb5L, resizedChecksum(640, 427, 341, 256));
    assertEquals(0xeb7279e1L, checksum(colour(53, 40).toGrey()));
  }

  private static long resizedChecksum(int width, int height, int newWidth, int newHeight) {
    ImageSample image = colour(width, height);
    return checksum(ImageResizer.resize(image, newWidth, newHeight, 0, 0, newWidth, newHeight));
  }

  private static long checksum(ImageSample image) {
    CRC32 crc = new CRC32();
    crc.update(image.pixels());
    return crc.getValue();
  }

  @Test
  void cropsTheMiddleOfTheLongerSide() {
    ImagePreprocessing crop =
        ImagePreprocessing.of(2, PixelScaling.NONE).withChannels(Channels.GREY).withResize(2);
    assertArrayEquals(
        new float[] {2, 3, 12, 13},
        values(crop, grey(6, 2, 0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15)));
  }

  @Test
  void aCropEqualsTheMiddleOfTheWholeResizedImage() {
    ImageSample image = colour(53, 40);
    for (int[] size : new int[][] {{27, 20}, {53, 20}, {27, 40}, {53, 40}}) {
      ImageSample whole = ImageResizer.resize(image, size[0], size[1], 0, 0, size[0], size[1]);
      ImageSample part = ImageResizer.resize(image, size[0], size[1], 5, 3, 16, 14);
      for (int y = 0; y < 14; y++) {
        for (int x = 0; x < 16 * 3; x++) {
          assertEquals(
              whole.pixels()[((y + 3) * size[0] + 5) * 3 + x], part.pixels()[y * 16 * 3 + x]);
        }
      }
    }
  }

  @Test
  void ordersChannelsAndAxes() {
    ImageSample pixel = new ImageSample(1, 1, 3, new byte[] {10, 20, 30});
    ImagePreprocessing base = ImagePreprocessing.of(1, PixelScaling.NONE);
    assertArrayEquals(new float[] {10, 20, 30}, values(base, pixel));
    assertArrayEquals(new float[] {30, 20, 10}, values(base.withChannels(Channels.BGR), pixel));
    assertArrayEquals(new float[] {18}, values(base.withChannels(Channels.GREY), pixel));
    assertArrayEquals(new float[] {7, 7, 7}, values(base, grey(1, 1, 7)));
    HostTensor last =
        ImagePreprocessing.of(4, PixelScaling.NONE)
            .withLayout(Layout.NHWC)
            .apply(colour(4, 4))
            .get("input");
    assertEquals(Shape.of(4, 4, 3), last.shape());
  }

  @Test
  void scalesEachChannel() {
    ImageSample pixel = new ImageSample(1, 1, 3, new byte[] {(byte) 255, 0, (byte) 255});
    assertArrayEquals(
        new float[] {2.2489083f, -2.0357144f, 2.64f},
        values(ImagePreprocessing.imagenet(1), pixel),
        1e-6f);
  }

  @Test
  void readsItsSettingsBack() {
    ImagePreprocessing preprocessing =
        ImagePreprocessing.of(160, PixelScaling.parse("x/127.5-1"))
            .withInput("data")
            .withResize(180)
            .withChannels(Channels.BGR)
            .withLayout(Layout.NHWC);
    assertEquals(
        preprocessing, Preprocessings.read(preprocessing.type(), preprocessing.settings()));
    TensorPreprocessing tensor = TensorPreprocessing.of(PixelScaling.parse("x/16"), 1, 8, 8);
    assertEquals(tensor, Preprocessings.read(tensor.type(), tensor.settings()));
  }

  @Test
  void settingsCarryTheirTypeAndLieBesideTheModel() {
    ImagePreprocessing preprocessing = ImagePreprocessing.imagenet(96);
    Map<String, Object> settings = Preprocessings.settings(preprocessing);
    assertEquals("image", settings.get("type"));
    assertEquals(preprocessing, Preprocessings.read(settings, HERE));
    assertThrows(DataException.class, () -> Preprocessings.read(Map.of("size", 4), HERE));
    assertEquals(
        Path.of("zoo/squeezenet_v1.0.preprocessing.json"),
        Preprocessings.sidecar(Path.of("zoo/squeezenet_v1.0.onnx")));
  }

  @Test
  void readsTheShortFormThatPeopleWrite() {
    assertEquals(
        ImagePreprocessing.of(128, PixelScaling.parse("x/127.5-1")),
        ImagePreprocessing.read(Map.of("size", 128, "scaling", "x/127.5-1")));
  }

  @Test
  void namesWhatIsWrongWithSettings() {
    assertMessage(Map.of(), "lacks the setting 'width'");
    assertMessage(Map.of("size", 4, "sise", 4), "does not know [sise]. It knows: size, width");
    assertMessage(Map.of("size", "big"), "setting 'size' must be a whole number, but is big");
    assertMessage(Map.of("size", 4, "channels", "cmyk"), "must be one of rgb, bgr, grey");
    assertMessage(Map.of("size", 4, "resize", 3), "Set 'resize' to at least 4");
    assertMessage(Map.of("size", 4, "mean", List.of(1, 2)), "one mean and deviation");
    DataException e =
        assertThrows(DataException.class, () -> Preprocessings.read("smell", Map.of()));
    assertTrue(e.getMessage().contains("There is: image"), e.getMessage());
  }

  private static void assertMessage(Map<String, Object> settings, String part) {
    DataException e =
        assertThrows(DataException.class, () -> Preprocessings.read("image", settings));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void refusesOtherKindsOfSamples() {
    TensorSample row = new TensorSample(HostTensor.of(new float[3], 3));
    DataException e =
        assertThrows(DataException.class, () -> ImagePreprocessing.imagenet(4).apply(row));
    assertEquals("the model takes images, but the data has a TensorSample", e.getMessage());
  }

  @Test
  void shapesAndScalesRows() {
    TensorPreprocessing digits = TensorPreprocessing.of(PixelScaling.parse("x/16"), 1, 2, 2);
    TensorSample row = new TensorSample(HostTensor.of(new float[] {0, 4, 8, 16}, 4));
    assertEquals(
        HostTensor.of(new float[] {0, 0.25f, 0.5f, 1}, 1, 2, 2), digits.apply(row).get("input"));
    DataException e =
        assertThrows(
            DataException.class,
            () -> digits.apply(new TensorSample(HostTensor.of(new float[3], 3))));
    assertTrue(e.getMessage().contains("takes 4 numbers"), e.getMessage());
  }

  @Test
  void takesTheColourPlanesOfAnImage() {
    TensorPreprocessing planes =
        TensorPreprocessing.of(new PixelScaling(1, List.of(0.0, 1.0, 2.0), List.of(1.0)), 3, 1, 2);
    ImageSample image = new ImageSample(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6});
    assertArrayEquals(new float[] {1, 4, 1, 4, 1, 4}, planes.apply(image).get("input").toFloats());
  }
}
