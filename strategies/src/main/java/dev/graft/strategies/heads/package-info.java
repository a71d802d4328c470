/** Heads that are fitted to frozen features other than by gradients. */
@org.jspecify.annotations.NullMarked
package dev.graft.strategies.heads;
