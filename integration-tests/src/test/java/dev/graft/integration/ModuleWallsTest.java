package dev.graft.integration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the modules: who may know whom. */
@AnalyzeClasses(packages = "dev.graft", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleWallsTest {
  private static final String[] API = {
    "dev.graft.backend",
    "dev.graft.data",
    "dev.graft.eval",
    "dev.graft.graph..",
    "dev.graft.model",
    "dev.graft.random",
    "dev.graft.tensor",
    "dev.graft.train",
    "dev.graft.transfer"
  };
  private static final String[] BACKENDS = {
    "dev.graft.backend.onnx..", "dev.graft.backend.djl..", "dev.graft.backend.tensorflow.."
  };

  private static DescribedPredicate<JavaClass> in(String... packages) {
    return JavaClass.Predicates.resideInAnyPackage(packages);
  }

  @ArchTest
  static final ArchRule apiKnowsOnlyTheJdk =
      classes()
          .that(in(API))
          .should()
          .onlyDependOnClassesThat(in(API).or(in("java..", "javax.imageio..", "org.jspecify..")));

  @ArchTest
  static final ArchRule onnxFilesAreReadWithoutAnyEngine =
      classes()
          .that(in("dev.graft.onnx.."))
          .should()
          .onlyDependOnClassesThat(
              in(API)
                  .or(
                      in(
                          "dev.graft.onnx..",
                          "java..",
                          "org.jspecify..",
                          "ai.onnx.proto..",
                          "com.google.protobuf..",
                          "com.fasterxml.jackson..")));

  @ArchTest
  static final ArchRule textsAreReadWithATokenizerAndNoEngine =
      classes()
          .that(in("dev.graft.text.."))
          .should()
          .onlyDependOnClassesThat(
              in(API)
                  .or(
                      in(
                          "dev.graft.text..",
                          "java..",
                          "org.jspecify..",
                          "ai.djl.huggingface.tokenizers..",
                          "com.fasterxml.jackson..")));

  @ArchTest
  static final ArchRule backendsKnowNoStrategyAndNoData =
      noClasses()
          .that(in(BACKENDS))
          .should()
          .dependOnClassesThat(
              in(
                  "dev.graft.strategies..",
                  "dev.graft.datasets..",
                  "dev.graft.text..",
                  "dev.graft.benchmarks..",
                  "dev.graft.cli..",
                  "dev.graft.testkit.."));

  @ArchTest
  static final ArchRule onnxBackendKnowsNoOtherBackend =
      noClasses().that(in(BACKENDS[0])).should().dependOnClassesThat(in(BACKENDS[1], BACKENDS[2]));

  @ArchTest
  static final ArchRule djlBackendKnowsNoOtherBackendAndNoOnnxFile =
      noClasses()
          .that(in(BACKENDS[1]))
          .should()
          .dependOnClassesThat(in(BACKENDS[0], BACKENDS[2], "dev.graft.onnx.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule tensorFlowBackendKnowsNoOtherBackendAndNoOnnxFile =
      noClasses()
          .that(in(BACKENDS[2]))
          .should()
          .dependOnClassesThat(in(BACKENDS[0], BACKENDS[1], "dev.graft.onnx.."))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule strategiesAndDatasetsKnowNoBackend =
      noClasses()
          .that(in("dev.graft.strategies..", "dev.graft.datasets..", "dev.graft.text.."))
          .should()
          .dependOnClassesThat(in(BACKENDS).or(in("dev.graft.onnx..")));

  @ArchTest
  static final ArchRule theOracleKnowsNoEngine =
      noClasses().that(in("dev.graft.testkit..")).should().dependOnClassesThat(in(BACKENDS));
}
