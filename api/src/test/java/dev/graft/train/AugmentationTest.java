package dev.graft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.Batch;
import dev.graft.data.DataException;
import dev.graft.data.Dataset;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.ImageSample;
import dev.graft.data.LoaderOptions;
import dev.graft.data.PixelScaling;
import dev.graft.data.Sample;
import dev.graft.data.TextSample;
import dev.graft.random.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
  private static final Seed SEED = new Seed(2);

  /** A picture that is darker on the left, with a bright pixel in a corner. */
  private static ImageSample picture() {
    byte[] pixels = new byte[12 * 10 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 3 % 12 * 15 + i % 3 * 5);
    }
    pixels[0] = (byte) 255;
    return new ImageSample(12, 10, 3, pixels);
  }

  private static ImageSample changed(String changes, Seed seed) {
    return new ImageAugmentation(Augmentation.parse(changes)).apply(picture(), seed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"flip", "crop=0.5", "colour=0.4", "rotation=20", "cutout=0.5", "photographs"})
  void equalSeedsGiveEqualPicturesAndOthersDiffer(String changes) {
    assertArrayEquals(changed(changes, SEED).pixels(), changed(changes, new Seed(2)).pixels());
    Set<Integer> different = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      different.add(Arrays.hashCode(changed(changes, SEED.derive("epoch", i)).pixels()));
    }
    assertTrue(different.size() >= 2, changes + " always gives the same picture");
  }

  @Test
  void halfOfThePicturesAreMirrored() {
    int mirrored = 0;
    for (int i = 0; i < 200; i++) {
      ImageSample image = changed("flip", SEED.derive("example", i));
      boolean turned = (image.pixels()[(12 - 1) * 3] & 0xff) == 255;
      assertEquals(turned, (image.pixels()[0] & 0xff) != 255);
      mirrored += turned ? 1 : 0;
    }
    assertTrue(mirrored > 70 && mirrored < 130, "mirrored " + mirrored + " of 200");
  }

  @Test
  void cropsKeepTheAreaAskedFor() {
    for (int i = 0; i < 100; i++) {
      ImageSample image = changed("crop=0.5", SEED.derive("example", i));
      assertTrue(image.width() * image.height() > 0.4 * 120, image.width() + "x" + image.height());
      assertTrue(image.width() <= 12 && image.height() <= 10);
    }
  }

  @Test
  void rotationByNothingKeepsThePicture() {
    assertArrayEquals(picture().pixels(), changed("rotation=1e-9", SEED).pixels());
  }

  @Test
  void aQuarterTurnMovesTheCorner() {
    // Angles are drawn; one close to a right angle takes the bright corner to another one.
    byte[] grey = new byte[11 * 11];
    grey[0] = (byte) 250;
    ImageSample square = new ImageSample(11, 11, 1, grey);
    ImageAugmentation turning = new ImageAugmentation(Augmentation.parse("rotation=90"));
    Set<Integer> corners = new HashSet<>();
    for (int i = 0; i < 400; i++) {
      byte[] pixels = turning.apply(square, SEED.derive("angle", i)).pixels();
      for (int corner : new int[] {0, 10, 110, 120}) {
        if ((pixels[corner] & 0xff) > 200) {
          corners.add(corner);
        }
      }
    }
    assertTrue(corners.containsAll(Set.of(0, 10, 110)), corners::toString);
    assertFalse(corners.contains(120), "no angle is beyond a right one");
  }

  @Test
  void cutoutBlanksASquareAndNothingElse() {
    ImageSample image = changed("cutout=0.5", SEED);
    byte[] before = picture().pixels();
    Set<Integer> values = new HashSet<>();
    long different = 0;
    for (int i = 0; i < before.length; i += 3) {
      if (image.pixels()[i] != before[i]) {
        different++;
        values.add((int) image.pixels()[i]);
      }
    }
    assertEquals(1, values.size());
    assertTrue(different > 0 && different <= 25, "blanked " + different);
  }

  @Test
  void whatIsNoImageIsRefused() {
    ImageAugmentation change = new ImageAugmentation(Augmentation.PHOTOGRAPHS);
    assertThrows(DataException.class, () -> change.apply(TextSample.of("words"), SEED));
  }

  @Test
  void spellingsThatAreUnknownListTheKnownOnes() {
    assertEquals(
        new Augmentation(true, 0.4, 0, 10, 0, 0), Augmentation.parse("flip, crop=0.4,rotation=10"));
    assertEquals(Augmentation.NONE, Augmentation.parse("none"));
    for (String wrong : new String[] {"flop", "crop", "crop=much", "crop=1"}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Augmentation.parse(wrong));
      assertTrue(e.getMessage().contains("crop"), e.getMessage());
    }
  }

  @Test
  void trainingIsChangedByEpochAndExampleAndValidationIsNot() {
    ImagePreprocessing preprocessing = ImagePreprocessing.of(8, PixelScaling.NONE).withResize(8);
    int[] order = IntStream.range(0, 6).toArray();
    try (LoadedExamples examples =
        new LoadedExamples(
            new Pictures(6),
            preprocessing,
            Augmentation.parse("crop=0.6,flip"),
            LoaderOptions.strict().withThreads(3),
            1L << 20)) {
      Batch plain = examples.batches(order, 6).next();
      assertEquals(row(plain, 0), row(plain, 5), "equal pictures, untouched");
      Seed epoch = SEED.derive("epoch", 1);
      Batch first = examples.changed(order, 6, epoch).next();
      assertFalse(row(first, 0).equals(row(first, 5)), "every example is drawn on its own");
      assertEquals(first.inputs(), examples.changed(order, 6, epoch).next().inputs());
      Batch other = examples.changed(order, 6, SEED.derive("epoch", 2)).next();
      assertFalse(first.inputs().equals(other.inputs()), "every epoch is drawn anew");
      // The place in the batch and the batches' size do not matter.
      Batch turned = examples.changed(new int[] {5, 0}, 2, epoch).next();
      assertEquals(row(first, 5), row(turned, 0));
    }
  }

  private static String row(Batch batch, int row) {
    double[] all = batch.inputs().get("input").toDoubles();
    int each = all.length / batch.size();
    return Arrays.toString(Arrays.copyOfRange(all, row * each, (row + 1) * each));
  }

  /** The same picture again and again. */
  private record Pictures(int size) implements Dataset {
    @Override
    public String name() {
      return "pictures";
    }

    @Override
    public Sample sample(int i) {
      return picture();
    }

    @Override
    public String id(int i) {
      return "picture " + i;
    }

    @Override
    public String fingerprint() {
      return "pictures";
    }

    @Override
    public String fingerprint(int i) {
      return "picture";
    }
  }
}
