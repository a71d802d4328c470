package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.tensor.DType;
import java.util.Locale;

/** The element types that an operator accepts for an input. */
enum ElementKind {
  ANY,
  NUMERIC,
  FLOATING,
  /** Floating or signed integer. */
  SIGNED,
  INTEGER,
  UNSIGNED,
  BOOLEAN,
  /** An index: {@code INT32} or {@code INT64}. */
  INDEX;

  boolean accepts(DType dtype) {
    return switch (this) {
      case ANY -> true;
      case NUMERIC -> dtype != DType.BOOL;
      case FLOATING -> dtype.isFloating();
      case SIGNED -> dtype != DType.BOOL && !dtype.isUnsigned();
      case INTEGER -> dtype.isInteger();
      case UNSIGNED -> dtype.isUnsigned();
      case BOOLEAN -> dtype == DType.BOOL;
      case INDEX -> dtype == DType.INT32 || dtype == DType.INT64;
    };
  }

  /** Refuses input {@code i} if its element type is not of this kind. */
  void check(NodeContext n, int i) {
    DType dtype = n.type(i).dtype();
    if (!accepts(dtype)) {
      throw n.error(
          "needs "
              + (this == INDEX ? "INT32 or INT64" : name().toLowerCase(Locale.ROOT))
              + " elements for input "
              + i
              + ", but '"
              + n.in(i).name()
              + "' is "
              + n.type(i));
    }
  }
}
