package dev.graft.testkit;

import java.util.Set;

/** The rows that no backend may lack: what a CNN, an MLP and a transformer train with. */
public final class CoreOperators {
  public static final Set<String> NAMES =
      Set.of(
          "Add", "Sub", "Mul", "Div", "Neg", "Exp", "Log", "Sqrt", "Pow", "Reciprocal", "Abs",
          "Max", "Min", "Clip", "Where", "Equal", "Greater", "Less", "Not", "And", "Or", "Cast",
          "Identity", "Relu", "Sigmoid", "Tanh", "Erf", "Gelu", "Softmax", "LogSoftmax",
          "ReduceSum", "ReduceMean", "ReduceMax", "ArgMax", "MatMul", "Gemm", "Reshape", "Flatten",
          "Squeeze", "Unsqueeze", "Transpose", "Expand", "Concat", "Split", "Slice", "Pad",
          "Shape", "ConstantOfShape", "Gather", "GatherGradient", "Conv", "ConvInputGradient",
          "ConvWeightGradient", "MaxPool", "MaxPoolGradient", "AveragePool",
          "AveragePoolGradient", "GlobalAveragePool", "BatchNormalization",
          "BatchNormalizationTraining", "BatchNormalizationGradient", "LayerNormalization",
          "LayerNormalizationGradient", "ReluGradient", "SoftmaxGradient", "SgdUpdate",
          "AdamWUpdate");

  private CoreOperators() {}
}
