@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.quick;
