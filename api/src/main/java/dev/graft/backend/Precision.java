package dev.graft.backend;

import java.util.Locale;

/** The arithmetic of a program. */
public enum Precision {
  /** As the graph says. */
  FLOAT32,
  /** Products in bfloat16; parameters, sums and statistics in float32. */
  BFLOAT16;

  /** Reads {@code fp32} or {@code bf16}, or the name of a constant. */
  public static Precision parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "fp32", "float32" -> FLOAT32;
      case "bf16", "bfloat16" -> BFLOAT16;
      default ->
          throw new IllegalArgumentException(
              "no precision is called '" + text + "'; use fp32 or bf16");
    };
  }
}
