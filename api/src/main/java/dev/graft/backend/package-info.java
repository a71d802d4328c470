/**
 * The backend SPI: a backend compiles a {@link dev.graft.graph.Graph} into a program of its engine.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.backend;
