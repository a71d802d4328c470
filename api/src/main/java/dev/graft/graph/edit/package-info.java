/**
 * Editing of graphs: cutting, new heads, inserted fragments, choice of trainable parameters,
 * re-initialisation, and recognition of composite operators that exporters took apart. All edits
 * return new graphs.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.graph.edit;
