package dev.graft.graph.edit;

import dev.graft.graph.edit.Parameter.Kind;
import java.util.Set;

/** What an operator's inputs mean, as far as editing needs to know. */
final class OperatorRoles {
  private static final Set<String> PRODUCTS =
      Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "Gather", "LSTM", "GRU", "RNN");
  private static final Set<String> NORMS =
      Set.of(
          "BatchNormalization",
          "LayerNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "RMSNormalization");

  private OperatorRoles() {}

  /** Whether the operator is the core of a layer: a product, a table or a recurrence. */
  static boolean isProduct(String operator) {
    return PRODUCTS.contains(operator);
  }

  static boolean isNormalization(String operator) {
    return NORMS.contains(operator);
  }

  static Kind kind(String operator, int input, int rank) {
    if (isNormalization(operator)) {
      return switch (input) {
        case 1 -> Kind.NORM_SCALE;
        case 2 -> Kind.NORM_BIAS;
        case 3, 4 -> operator.equals("BatchNormalization") ? Kind.BUFFER : Kind.OTHER;
        default -> Kind.OTHER;
      };
    }
    return switch (operator) {
      case "Conv", "ConvTranspose", "Gemm" -> input == 2 ? Kind.BIAS : Kind.WEIGHT;
      case "MatMul", "Einsum" -> rank >= 2 ? Kind.WEIGHT : Kind.OTHER;
      case "Gather" -> Kind.EMBEDDING;
      case "LSTM", "GRU", "RNN" -> input == 3 ? Kind.BIAS : Kind.RECURRENT;
      case "Add", "Sub" -> rank <= 1 ? Kind.BIAS : Kind.OTHER;
      default -> Kind.OTHER;
    };
  }
}
