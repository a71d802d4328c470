/** Digit images that need no download: generated strokes and scanned handwriting. */
@org.jspecify.annotations.NullMarked
package dev.graft.benchmarks.digits;
