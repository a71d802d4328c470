/** How well a pre-trained network would do on a task, before any training. */
@org.jspecify.annotations.NullMarked
package dev.graft.strategies.scores;
