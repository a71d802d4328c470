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
    String name, GraphModel model, Preprocessing preprocessing, Provenance provenance) {

  /**
   * Refuses a network of which only the features are at hand.
   *
   * @param purpose what needs the network itself, such as a strategy's name
   * @throws ModelFormatException that says the way out
   */
  public void requireNetwork(String purpose) {
    if (preprocessing instanceof NativeFeatures features) {
      throw features.model().refusal(purpose);
    }
  }
}
