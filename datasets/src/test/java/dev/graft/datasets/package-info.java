/** Tests of data formats and of the feature cache. */
@org.jspecify.annotations.NullMarked
package dev.graft.datasets;
