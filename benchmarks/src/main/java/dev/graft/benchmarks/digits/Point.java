package dev.graft.benchmarks.digits;

/** A place in the plane, x to the right and y down. */
record Point(double x, double y) {}
