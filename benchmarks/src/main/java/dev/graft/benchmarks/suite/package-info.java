/** Suites: a matrix of cells, run one after the other and remembered line by line. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.suite;
