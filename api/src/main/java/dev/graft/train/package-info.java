/**
 * Training: objectives, the training-step graph, settings, and the contract of the training
 * service.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.train;
