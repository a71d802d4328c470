package dev.graft.cli;

import com.google.inject.Module;
import dev.graft.data.LoaderOptions;
import dev.graft.datasets.DiskFeatureStore;
import dev.graft.strategies.BackendChoice;
import dev.graft.transfer.FeatureStore;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of commands that compute features of frozen networks and keep them. */
final class FeatureOptions {
  /** Most bytes of kept features. */
  private static final long LIMIT = 2L << 30;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where features are kept. Default: .graft/features in the home folder.")
  private Path cache = Path.of(System.getProperty("user.home"), ".graft", "features");

  /** What Graft is opened with: the engine, how examples are read, and where features are kept. */
  Module module(BackendChoice engine, LoaderOptions loading) {
    return binder -> {
      binder.bind(BackendChoice.class).toInstance(engine);
      binder.bind(LoaderOptions.class).toInstance(loading);
      binder.bind(FeatureStore.class).toInstance(new DiskFeatureStore(cache, LIMIT, loading));
    };
  }
}
