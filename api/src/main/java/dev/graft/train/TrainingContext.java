package dev.graft.train;

import dev.graft.backend.Backend;
import dev.graft.random.Seed;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where training runs and who listens.
 *
 * @param backend the engine; the caller keeps and closes it
 * @param seed decides the order of the examples
 * @param progress hears of every epoch
 * @param cancellation asked between steps
 * @param checkpoint the file in which the state of training is kept after every epoch; if it is
 *     there at the beginning, training goes on from it with the same result as without the
 *     interruption. Empty for none
 */
public record TrainingContext(
    Backend backend,
    Seed seed,
    Progress progress,
    Cancellation cancellation,
    Optional<Path> checkpoint) {

  public static TrainingContext of(Backend backend, Seed seed) {
    return new TrainingContext(
        backend, seed, Progress.SILENT, Cancellation.NEVER, Optional.empty());
  }
}
