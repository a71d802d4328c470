/**
 * The library's front door: {@link dev.graft.strategies.Graft} for programs, {@link
 * dev.graft.strategies.GraftModule} for applications that wire themselves by Guice.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.strategies;
