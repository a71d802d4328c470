/**
 * The oracle: a readable interpreter of graphs in plain Java, one kernel per operator written as
 * plain loops, and the backend {@code reference} made of it.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.testkit.reference;
