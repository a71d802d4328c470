@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.speed;
