/** Evaluators. */
@org.jspecify.annotations.NullMarked
package dev.graft.strategies.evaluation;
