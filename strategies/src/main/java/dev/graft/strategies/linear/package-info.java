/** Linear models on features in closed form or by convex optimisation. */
@org.jspecify.annotations.NullMarked
package dev.graft.strategies.linear;
