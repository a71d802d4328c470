/** Data sets, targets, splits, and the preprocessing that belongs to a model. */
@org.jspecify.annotations.NullMarked
package dev.graft.data;
