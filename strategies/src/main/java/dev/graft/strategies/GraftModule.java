package dev.graft.strategies;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.graft.backend.Backends;
import dev.graft.data.LoaderOptions;
import dev.graft.eval.Evaluators;
import dev.graft.model.ModelFormats;
import dev.graft.strategies.training.GradientTrainer;
import dev.graft.train.Trainer;
import dev.graft.train.TrainingSettings;
import dev.graft.transfer.FeatureStore;
import dev.graft.transfer.Strategies;

/**
 * What an application gets unless it says otherwise: everything that the class path offers, found
 * by {@link java.util.ServiceLoader}, and default settings. An application overrides single
 * bindings:
 *
 * <pre>{@code
 * Modules.override(new GraftModule()).with(binder -> {
 *   binder.bind(BackendChoice.class).toInstance(BackendChoice.of("onnx"));
 *   binder.bind(FeatureStore.class).toInstance(store);
 * });
 * }</pre>
 *
 * <p>Nothing bound here holds native memory. A backend is opened from the {@link BackendChoice} and
 * closed by whoever opened it, most simply through {@link Graft}.
 */
public final class GraftModule extends AbstractModule {
  @Override
  protected void configure() {
    bind(Trainer.class).to(GradientTrainer.class);
    bind(TrainingSettings.class).toInstance(TrainingSettings.DEFAULT);
    bind(BackendChoice.class).toInstance(BackendChoice.PREFERRED);
    bind(LoaderOptions.class).toInstance(LoaderOptions.strict());
  }

  @Provides
  @Singleton
  FeatureStore features(LoaderOptions loading) {
    return FeatureStore.uncached(loading);
  }

  @Provides
  @Singleton
  Backends backends() {
    return Backends.discover();
  }

  @Provides
  @Singleton
  ModelFormats formats() {
    return ModelFormats.discover();
  }

  @Provides
  @Singleton
  Strategies strategies() {
    return Strategies.discover();
  }

  @Provides
  @Singleton
  Evaluators evaluators() {
    return Evaluators.discover();
  }
}
