package dev.graft.graph;

import dev.graft.tensor.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of the operator table: everything that the graph knows of an operator.
 *
 * <p>Standard operators have the names and the semantics of ONNX; {@code since} is the opset that
 * defines the version used here. Operators of Graft's own, most of them made by differentiation,
 * have {@code since == GRAFT} and always a decomposition into standard ones, which a backend
 * without a kernel of its own receives instead.
 *
 * @param name the ONNX name, or Graft's own
 * @param since the opset version of these semantics, or {@link #GRAFT}
 * @param minInputs the number of inputs that must be there
 * @param maxInputs the number of inputs allowed; {@link #ANY} for variadic operators
 * @param maxOutputs the number of outputs allowed; {@link #ANY} for variadic operators
 * @param typeRule computes the output types
 * @param gradient the derivative, or null where the decomposition's is taken or none exists
 * @param decomposition the same function in simpler operators, or null for a primitive
 * @param savedOutputs the number of outputs that the derivative reads; where a node lists fewer,
 *     differentiation adds the others before it begins
 * @param differentiable false for operators whose outputs never carry a gradient (comparisons,
 *     shapes, indices)
 */
public record Operator(
    String name,
    int since,
    int minInputs,
    int maxInputs,
    int maxOutputs,
    TypeRule typeRule,
    @Nullable GradientRule gradient,
    @Nullable Decomposition decomposition,
    int savedOutputs,
    boolean differentiable) {

  /** The {@code since} of operators that ONNX does not have. */
  public static final int GRAFT = 0;

  /** No upper bound on the number of inputs or outputs. */
  public static final int ANY = Integer.MAX_VALUE;

  /** Computes the output types of a node, or throws {@link GraphException} if it is not valid. */
  @FunctionalInterface
  public interface TypeRule {
    List<TensorType> infer(NodeContext node);
  }

  /**
   * Adds the nodes of a derivative to the graph that is being built.
   *
   * <p>Called only where every shape is fixed. Returns one value per input of the node: the
   * gradient of the objective with respect to that input, of its type, or null where there is none
   * or it was not asked for ({@link GradientContext#needs}).
   */
  @FunctionalInterface
  public interface GradientRule {
    List<@Nullable Value> apply(GradientContext node);
  }

  /**
   * Adds simpler nodes that compute the same outputs, and returns those; null where these
   * attributes or inputs have no simpler form, so that the node stays as it is.
   */
  @FunctionalInterface
  public interface Decomposition {
    @Nullable List<@Nullable Value> apply(NodeContext node);
  }

  /** A row with fixed arity and one output; refine it with the {@code with} methods. */
  public static Operator of(String name, int since, int minInputs, int maxInputs, TypeRule rule) {
    return new Operator(name, since, minInputs, maxInputs, 1, rule, null, null, 0, true);
  }

  public Operator withGradient(GradientRule rule) {
    return withGradient(0, rule);
  }

  /** Sets a derivative that reads the first {@code saved} outputs of the node. */
  public Operator withGradient(int saved, GradientRule rule) {
    return new Operator(
        name, since, minInputs, maxInputs, maxOutputs, typeRule, rule, decomposition, saved, true);
  }

  public Operator withDecomposition(Decomposition rule) {
    return new Operator(
        name,
        since,
        minInputs,
        maxInputs,
        maxOutputs,
        typeRule,
        gradient,
        rule,
        savedOutputs,
        differentiable);
  }

  public Operator withOutputs(int max) {
    return new Operator(
        name,
        since,
        minInputs,
        maxInputs,
        max,
        typeRule,
        gradient,
        decomposition,
        savedOutputs,
        differentiable);
  }

  /** Declares that no gradient flows through this operator. */
  public Operator withoutGradient() {
    return new Operator(
        name, since, minInputs, maxInputs, maxOutputs, typeRule, null, decomposition, 0, false);
  }

  /** Whether ONNX defines this operator. */
  public boolean isStandard() {
    return since != GRAFT;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Operator other && other.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
