package dev.graft.benchmarks.suite;

/** A cell and what it gave. */
public record CellResult(Cell cell, Outcome outcome) {}
