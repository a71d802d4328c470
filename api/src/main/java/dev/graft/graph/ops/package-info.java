/**
 * The operator table, one class per family: arity, type rule, and gradient or decomposition of each
 * operator. Applications use {@link dev.graft.graph.Operators}.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.graph.ops;
