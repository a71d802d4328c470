/** Pre-trained and transferred models: a graph with its parameters, and what belongs to it. */
@org.jspecify.annotations.NullMarked
package dev.graft.model;
