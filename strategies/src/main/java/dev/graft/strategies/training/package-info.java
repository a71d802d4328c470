/** The training service: epochs, schedule, early stopping, checkpoints. */
@org.jspecify.annotations.NullMarked
package dev.graft.strategies.training;
