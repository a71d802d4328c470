/** How fast the backends and their peers are on the same networks, and whether they agree. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.speed;
