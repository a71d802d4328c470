package dev.graft.graph.ops;

import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.Shape;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of Einsum. It is decomposed into matrix products, two operands at a time from the left:
 * labels that both have and nobody needs afterwards are the inner axis of the product, labels that
 * both have and somebody needs are its batch axes.
 */
final class Einsum {
  private Einsum() {}

  static List<TensorType> type(NodeContext n) {
    ElementKind.NUMERIC.check(n, 0);
    Shapes.sameDType(n);
    EinsumEquation equation = equation(n);
    Map<String, Dim> sizes = new HashMap<>();
    for (int i = 0; i < n.inputs().size(); i++) {
      for (int axis = 0; axis < n.type(i).rank(); axis++) {
        String label = equation.inputs().get(i).get(axis);
        Dim size = n.type(i).shape().dim(axis);
        sizes.merge(label, size, (a, b) -> agree(n, label, a, b));
      }
    }
    return List.of(
        n.type(0).withShape(new Shape(equation.output().stream().map(sizes::get).toList())));
  }

  private static Dim agree(NodeContext n, String label, Dim a, Dim b) {
    if (!EinsumEquation.broadcasts(label) && a.isFixed() && b.isFixed() && !a.equals(b)) {
      throw n.error("has the sizes " + a + " and " + b + " for the label '" + label + "'");
    }
    return Shapes.broadcast(n, new Shape(List.of(a)), new Shape(List.of(b))).dim(0);
  }

  private static EinsumEquation equation(NodeContext n) {
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < n.inputs().size(); i++) {
      ranks.add(n.type(i).rank());
    }
    return EinsumEquation.parse(n.attributes().s("equation", ""), ranks);
  }

  /** The products; null where sizes are not known, which joining axes needs. */
  static @Nullable Value decompose(NodeContext n) {
    for (int i = 0; i < n.inputs().size(); i++) {
      if (!n.type(i).shape().isStatic()) {
        return null;
      }
    }
    EinsumEquation equation = equation(n);
    Term result = Term.of(n.in(0), equation.inputs().get(0));
    for (int i = 1; i < n.inputs().size(); i++) {
      Set<String> needed = new HashSet<>(equation.output());
      equation.inputs().subList(i + 1, n.inputs().size()).forEach(needed::addAll);
      result = product(result, Term.of(n.in(i), equation.inputs().get(i)), needed);
    }
    return result.sumAllBut(equation.output()).ordered(equation.output()).value();
  }

  /** A value whose axes have labels, each once. */
  private record Term(Value value, List<String> labels) {

    /** An operand; of axes with the same label the diagonal is taken. */
    static Term of(Value value, List<String> labels) {
      for (int j = 1; j < labels.size(); j++) {
        int i = labels.indexOf(labels.get(j));
        if (i < j) {
          List<String> rest = new ArrayList<>(labels);
          rest.remove(j);
          return of(diagonal(value, i, j), rest);
        }
      }
      return new Term(value, labels);
    }

    private static Value diagonal(Value value, int i, int j) {
      int n = Math.toIntExact(value.shape().dim(i).size());
      boolean[] equal = new boolean[n * n];
      IntStream.range(0, n).forEach(k -> equal[k * n + k] = true);
      long[] shape =
          IntStream.range(0, value.rank()).mapToLong(a -> a == i || a == j ? n : 1).toArray();
      Value mask = value.builder().constant(HostTensor.of(equal, shape));
      return mask.where(value, value.constant(0)).sum(false, j);
    }

    Dim size(String label) {
      return value.shape().dim(labels.indexOf(label));
    }

    /** Sums over the axes whose labels nobody keeps. */
    Term sumAllBut(Collection<String> kept) {
      long[] axes =
          IntStream.range(0, labels.size())
              .filter(i -> !kept.contains(labels.get(i)))
              .mapToLong(i -> i)
              .toArray();
      return axes.length == 0
          ? this
          : new Term(value.sum(false, axes), labels.stream().filter(kept::contains).toList());
    }

    /** Drops an axis of size 1. */
    Term without(String label) {
      List<String> rest = new ArrayList<>(labels);
      rest.remove(label);
      return new Term(value.squeeze(labels.indexOf(label)), rest);
    }

    /** The axes in another order. */
    Term ordered(List<String> order) {
      long[] permutation = order.stream().mapToLong(labels::indexOf).toArray();
      return order.equals(labels) ? this : new Term(value.transpose(permutation), order);
    }
  }

  private static Term product(Term left, Term right, Set<String> needed) {
    // An axis of size 1 that broadcasts is as good as absent.
    for (String label : List.copyOf(left.labels())) {
      if (right.labels().contains(label) && !left.size(label).equals(right.size(label))) {
        if (left.size(label).is(1)) {
          left = left.without(label);
        } else if (right.size(label).is(1)) {
          right = right.without(label);
        }
      }
    }
    left = left.sumAllBut(union(needed, right.labels()));
    right = right.sumAllBut(union(needed, left.labels()));
    Set<String> shared = new LinkedHashSet<>(left.labels());
    shared.retainAll(right.labels());
    List<String> batch = shared.stream().filter(needed::contains).toList();
    List<String> inner = shared.stream().filter(label -> !needed.contains(label)).toList();
    List<String> rows = left.labels().stream().filter(label -> !shared.contains(label)).toList();
    List<String> columns =
        right.labels().stream().filter(label -> !shared.contains(label)).toList();
    List<String> labels = concat(batch, rows, columns);
    Value l = left.ordered(concat(batch, rows, inner)).value();
    Value r = right.ordered(concat(batch, inner, columns)).value();
    if (inner.isEmpty()) {
      return new Term(outer(l, r, batch.size(), rows.size(), columns.size()), labels);
    }
    Shape shape =
        new Shape(
            concat(
                l.shape().dims().subList(0, batch.size() + rows.size()),
                r.shape().dims().subList(batch.size() + inner.size(), r.rank())));
    Value product =
        matrix(l, batch.size(), rows.size(), inner.size())
            .matmul(matrix(r, batch.size(), inner.size(), columns.size()));
    return new Term(ungroup(product, shape, batch.size(), rows.size(), columns.size()), labels);
  }

  /** [batch, rows] and [batch, columns] to [batch, rows, columns], without a sum. */
  private static Value outer(Value l, Value r, int batch, int rows, int columns) {
    Value left = columns == 0 || rows + batch == 0 ? l : l.unsqueeze(range(l.rank(), columns));
    Value right = rows == 0 || batch == 0 ? r : r.unsqueeze(range(batch, rows));
    return left.mul(right);
  }

  /** Joins the axes behind the batch into two. */
  private static Value matrix(Value v, int batch, int first, int second) {
    if (first == 1 && second == 1) {
      return v;
    }
    if (first <= 1 && second <= 1) {
      Value rows = first == 0 ? v.unsqueeze(batch) : v;
      return second == 0 ? rows.unsqueeze(batch + 1) : rows;
    }
    List<Dim> dims = v.shape().dims();
    return v.reshape(
        new Shape(
                concat(
                    dims.subList(0, batch),
                    List.of(
                        count(dims.subList(batch, batch + first)),
                        count(dims.subList(batch + first, dims.size())))))
            .sizes());
  }

  /** Undoes {@link #matrix} for the product. */
  private static Value ungroup(Value v, Shape shape, int batch, int rows, int columns) {
    if (rows == 1 && columns == 1) {
      return v;
    }
    if (rows <= 1 && columns <= 1) {
      Value vector = columns == 0 ? v.squeeze(batch + 1) : v;
      return rows == 0 ? vector.squeeze(batch) : vector;
    }
    return v.reshape(shape.sizes());
  }

  private static Dim count(List<Dim> dims) {
    return dims.stream().reduce(Dim.of(1), Dim::times);
  }

  private static long[] range(int start, int count) {
    return IntStream.range(start, start + count).mapToLong(i -> i).toArray();
  }

  private static Set<String> union(Collection<String> a, Collection<String> b) {
    Set<String> union = new HashSet<>(a);
    union.addAll(b);
    return union;
  }

  @SafeVarargs
  private static <T> List<T> concat(List<T>... parts) {
    return Stream.of(parts).flatMap(List::stream).toList();
  }
}
