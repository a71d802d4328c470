package dev.graft.graph.ops;

import dev.graft.graph.Attributes;
import dev.graft.graph.GraphBuilder;
import dev.graft.graph.NodeContext;
import dev.graft.graph.Value;
import dev.graft.tensor.Dim;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers unrolled over a sequence of fixed length. The input is projected for all steps
 * at once; each step then multiplies its state once by the recurrent weights. Names as in ONNX: x
 * is the input, h the hidden state, c the cell, and the rows of weights are those of the gates, one
 * after the other.
 */
final class Unrolling {
  /** The states after a step; {@code c} only in an LSTM. */
  record States(Value h, @Nullable Value c) {}

  /** One step of a cell: from the projected input [batch, gates * hidden] to the next states. */
  interface Cell {
    States step(Value projected, States before);
  }

  private final NodeContext node;
  private final GraphBuilder builder;
  private final int gates;
  private final long hidden;
  private final int time;
  private final Dim batch;

  /** The input as [time * batch, features]. */
  private final Value x;

  private Unrolling(NodeContext node, int gates) {
    this.node = node;
    this.builder = node.builder();
    this.gates = gates;
    this.hidden = node.type(2).shape().dim(2).size();
    Value timeFirst = Recurrent.isBatchFirst(node) ? node.in(0).transpose(1, 0, 2) : node.in(0);
    Dim steps = timeFirst.shape().dim(0);
    if (!steps.isFixed()) {
      throw node.error("can be unrolled only over a fixed number of steps, not " + steps);
    }
    this.time = (int) steps.size();
    this.batch = timeFirst.shape().dim(1);
    this.x = Sizes.reshape(timeFirst, List.of(steps.times(batch), timeFirst.shape().dim(2)));
  }

  /** The outputs Y, Y_h and, for an LSTM, Y_c. */
  static List<@Nullable Value> unroll(NodeContext node, int gates) {
    return new Unrolling(node, gates).outputs();
  }

  private List<@Nullable Value> outputs() {
    int directions = Recurrent.directions(node);
    Value[] all = new Value[directions];
    Value[] lastH = new Value[directions];
    Value[] lastC = new Value[directions];
    for (int d = 0; d < directions; d++) {
      boolean reverse = d == 1 || Recurrent.direction(node).equals("reverse");
      List<Value> hs = new ArrayList<>();
      States last = run(d, reverse, hs);
      Value joined =
          hs.size() == 1
              ? hs.get(0)
              : builder.op("Concat", Attributes.of("axis", 0), hs.toArray(Value[]::new));
      all[d] = Sizes.reshape(joined, List.of(Dim.of(time), Dim.of(1), batch, Dim.of(hidden)));
      lastH[d] = last.h().unsqueeze(0);
      lastC[d] = last.c() == null ? last.h() : last.c().unsqueeze(0);
    }
    Value y = joined(all, 1);
    Value h = joined(lastH, 0);
    Value c = gates == 4 ? joined(lastC, 0) : h;
    if (Recurrent.isBatchFirst(node)) {
      y = y.transpose(2, 0, 1, 3);
      h = h.transpose(1, 0, 2);
      c = c.transpose(1, 0, 2);
    }
    return gates == 4 ? Arrays.asList(y, h, c) : Arrays.asList(y, h);
  }

  private Value joined(Value[] parts, int axis) {
    return parts.length == 1 ? parts[0] : builder.op("Concat", Attributes.of("axis", axis), parts);
  }

  /** Runs one direction; {@code hs} gets the hidden states in the order of time. */
  private States run(int d, boolean reverse, List<Value> hs) {
    Value w = direction(node.in(1), d);
    Value r = direction(node.in(2), d);
    Value bias = node.has(3) ? direction(node.in(3), d) : null;
    Gates functions = Gates.of(node, d, hidden);
    Value[] steps = project(functions.inputBias(bias), w);
    Cell cell = functions.cell(r, bias, node.has(7) ? direction(node.in(7), d) : null);
    States states = initial(d);
    Value[] ordered = new Value[time];
    for (int i = 0; i < time; i++) {
      int t = reverse ? time - 1 - i : i;
      States next = cell.step(steps[t], states);
      ordered[t] = next.h();
      if (hasPadding()) {
        Value real = builder.op("Greater", node.in(4), builder.scalar(node.in(4).dtype(), t));
        Value mask = real.unsqueeze(1);
        ordered[t] = mask.where(next.h(), next.h().constant(0));
        Value c = next.c();
        Value before = states.c();
        next =
            new States(
                mask.where(next.h(), states.h()),
                c == null || before == null ? null : mask.where(c, before));
      }
      states = next;
    }
    hs.addAll(Arrays.asList(ordered));
    return states;
  }

  /** Whether some sequence may be shorter than the longest. */
  private boolean hasPadding() {
    Optional<long[]> lengths = node.longs(4);
    return node.has(4)
        && (lengths.isEmpty() || Arrays.stream(lengths.get()).anyMatch(n -> n < time));
  }

  /** x W^T + b for all steps, one [batch, gates * hidden] per step. */
  private Value[] project(@Nullable Value bias, Value w) {
    Value all = builder.op("Gemm", Attributes.of("transB", 1), x, w, bias);
    if (time == 1) {
      return new Value[] {all};
    }
    Attributes parts = Attributes.of("axis", 0, "num_outputs", time);
    return builder.ops("Split", parts, time, all).toArray(Value[]::new);
  }

  /** The weights of one direction, without the leading axis. */
  private Value direction(Value weights, int d) {
    return Recurrent.directions(node) == 1
        ? weights.squeeze(0)
        : weights.slice(0, d, d + 1).squeeze(0);
  }

  private States initial(int d) {
    return new States(initial(5, d), gates == 4 ? initial(6, d) : null);
  }

  private Value initial(int input, int d) {
    if (!node.has(input)) {
      HostTensor zero = HostTensor.full(TensorType.of(x.dtype(), 1), 0);
      List<Dim> shape = List.of(batch, Dim.of(hidden));
      return builder.op(
          "ConstantOfShape", Attributes.of("value", zero), Sizes.vector(node.in(0), shape));
    }
    Value states = node.in(input);
    return direction(Recurrent.isBatchFirst(node) ? states.transpose(1, 0, 2) : states, d);
  }
}
