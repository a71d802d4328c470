/** Strategies for labelled target data: from scratch, feature extraction, fine-tuning. */
@org.jspecify.annotations.NullMarked
package dev.graft.strategies.inductive;
