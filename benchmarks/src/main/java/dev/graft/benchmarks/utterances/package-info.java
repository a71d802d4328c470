/** Short sentences that a household assistant is told, with what is meant. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.utterances;
