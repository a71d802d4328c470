/** Chance as an argument: a counter-based generator that gives every backend the same bits. */
@org.jspecify.annotations.NullMarked
package dev.graft.random;
