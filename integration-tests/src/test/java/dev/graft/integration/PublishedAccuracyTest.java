package dev.graft.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.data.ClassLabels;
import dev.graft.data.ImagePreprocessing;
import dev.graft.data.Labeled;
import dev.graft.datasets.DataOptions;
import dev.graft.datasets.Datasets;
import dev.graft.model.PretrainedModel;
import dev.graft.strategies.Graft;
import dev.graft.transfer.Output;
import dev.graft.transfer.Summary;
import dev.graft.transfer.TransferredModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A published network, read and run unchanged, is as good as its authors say. */
class PublishedAccuracyTest {
  @Test
  void resNet20ScoresOnCifar10WhatWasPublished() throws IOException {
    Labeled<ClassLabels> test =
        Datasets.open(
                Hymenoptera.shared("data/cifar10_subset/cifar10_test2000.bin.gz"),
                DataOptions.DEFAULTS)
            .data();
    assertEquals(2000, test.size());
    try (Graft graft = Graft.open()) {
      PretrainedModel network =
          graft.load(
              Hymenoptera.shared("data/pretrained_cifar10_onnx/resnet20_cifar10.onnx"),
              ImagePreprocessing.imagenet(32).withResize(32));
      long parameters = network.model().parameters().elements();
      TransferredModel unchanged =
          new TransferredModel(
              network.model(),
              network.preprocessing(),
              Output.of(test.targets()),
              network.provenance(),
              Map.of(),
              new Summary("none", network.name(), "logits", parameters, 0, List.of()),
              Optional.empty());
      double accuracy = graft.evaluate(unchanged, test).metrics().get("accuracy");
      assertTrue(accuracy >= 0.91 && accuracy <= 0.925, "accuracy " + accuracy);
    }
  }
}
