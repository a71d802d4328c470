package dev.graft.model;

import dev.graft.data.Preprocessing;

/**
 * A pre-trained network with what is needed to use it on new data.
 *
 * @param name for reports
 * @param model graph and parameters
 * @param preprocessing what its inputs expect
 * @param provenance where it comes from
 */
public record PretrainedModel(
    String name, GraphModel model, Preprocessing preprocessing, Provenance provenance) {}
