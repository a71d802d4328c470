/** Transfer between groups of a table: networks trained on one serve another. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.tables;
