/** Texts as inputs of networks: tokenizers, word vectors, and an embedded model. */
@org.jspecify.annotations.NullMarked
package dev.graft.text;
