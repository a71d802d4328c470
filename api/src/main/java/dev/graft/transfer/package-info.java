/** Transfer: problems, strategies, what they are given, and the transferred model they return. */
@org.jspecify.annotations.NullMarked
package dev.graft.transfer;
