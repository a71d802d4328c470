package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.graft.train.Augmentation;
import dev.graft.train.BatchNormPolicy;
import dev.graft.train.Optimizer;
import dev.graft.train.Schedule.Shape;
import dev.graft.train.TrainingSettings;
import dev.graft.train.Tuning.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TrainingOptionsTest {
  private static TrainingSettings settings(String... arguments) {
    TrainingOptions options = new TrainingOptions();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("training", mixin(options)))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments);
    return options.settings();
  }

  private static CommandLine.Model.CommandSpec mixin(TrainingOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }

  @Test
  void withoutOptionsTheSettingsAreTheDefaults() {
    assertEquals(TrainingSettings.DEFAULT, settings());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--epochs=3",
        "--batch=7",
        "--patience=2",
        "--validation-fraction=0.3",
        "--rate=0.2",
        "--schedule=one_cycle",
        "--warm-up=0.4",
        "--optimizer=sgd",
        "--momentum=0.5",
        "--clip=3",
        "--accumulate=4",
        "--average=0.9",
        "--augment",
        "--start-decay=0.1",
        "--weight-decay=0.3",
        "--label-smoothing=0.1",
        "--balanced",
        "--head-penalty=0.5",
        "--tune=lora",
        "--lora-rank=2",
        "--lora-alpha=3",
        "--lora-weights=*.query.*,*.value.*",
        "--no-head-first",
        "--no-relative-rates",
        "--lowest-rate-factor=0.1",
        "--unfreeze-epochs=3",
        "--backbone-rate-factor=0.5",
        "--freeze=stem.*",
        "--freeze-layers=-1",
        "--batch-norm=batch_statistics"
      })
  void everyOptionChangesASetting(String option) {
    assertNotEquals(TrainingSettings.DEFAULT, settings(option));
  }

  @Test
  void optionsGoWhereTheirNamesSay() {
    TrainingSettings s =
        settings(
            "--tune=biases",
            "--schedule=constant",
            "--optimizer=SGD",
            "--freeze=a.*,b",
            "--augment=flip,mixup=0.2",
            "--batch-norm=BATCH_STATISTICS");
    assertEquals(Method.BIASES, s.tuning().method());
    assertEquals(Shape.CONSTANT, s.schedule().shape());
    assertEquals(Optimizer.SGD, s.optimization().rule());
    assertEquals(List.of("a.*", "b"), s.tuning().freeze());
    assertEquals(new Augmentation(true, 0, 0, 0, 0, 0.2), s.augmentation());
    assertEquals(BatchNormPolicy.BATCH_STATISTICS, s.tuning().batchNorm());
    assertEquals(
        s.withEpochs(5),
        settings(
            "--epochs=5",
            "--tune=biases",
            "--schedule=constant",
            "--optimizer=SGD",
            "--freeze=a.*,b",
            "--augment=flip,mixup=0.2",
            "--batch-norm=BATCH_STATISTICS"));
  }
}
