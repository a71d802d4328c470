package dev.graft.transfer;

/**
 * What a transfer strategy is given. The kinds differ in what is known, so that a strategy cannot
 * look at what its setting hides.
 */
public sealed interface TransferProblem permits Inductive {}
