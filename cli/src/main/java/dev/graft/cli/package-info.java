/** The {@code graft} command. */
@org.jspecify.annotations.NullMarked
package dev.graft.cli;
