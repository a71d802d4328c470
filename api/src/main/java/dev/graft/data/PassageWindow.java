package dev.graft.data;

/**
 * A part of a passage that a network reads at once.
 *
 * @param sample the text with this part as its pair
 * @param offset the character of the whole pair at which the part begins
 */
public record PassageWindow(TextSample sample, int offset) {}
