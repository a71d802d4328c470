/** What the results of several seeds say: means, a paired test, and a verdict. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.statistics;
