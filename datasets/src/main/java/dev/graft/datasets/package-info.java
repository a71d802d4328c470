/** Data formats, their preprocessing, and the feature cache on disk. */
@org.jspecify.annotations.NullMarked
package dev.graft.datasets;
