package dev.graft.data;

/** One example as it comes from a data set, before a model's preprocessing. */
public interface Sample {}
