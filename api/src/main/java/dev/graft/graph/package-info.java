/**
 * The typed tensor graph: values, nodes, one row per operator, building, editing, rewriting and
 * reverse-mode differentiation.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.graph;
