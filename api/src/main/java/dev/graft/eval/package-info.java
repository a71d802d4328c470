/** Measuring how good predictions are. */
@org.jspecify.annotations.NullMarked
package dev.graft.eval;
