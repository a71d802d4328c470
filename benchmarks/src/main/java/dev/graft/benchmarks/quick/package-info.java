/** The quick suite: two stories on digits, with nothing to download. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.quick;
