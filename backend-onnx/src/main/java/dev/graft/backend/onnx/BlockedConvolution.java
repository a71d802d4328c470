package dev.graft.backend.onnx;

import dev.graft.graph.Attributes;
import dev.graft.graph.Value;
import org.jspecify.annotations.Nullable;

/**
 * One convolution and its two gradients on blocked tensors.
 *
 * <p>A dense convolution has all its channels in one group; a depthwise one has a group per
 * channel.
 *
 * @param blocks where to build
 * @param batch the number of images
 * @param channels of the input
 * @param filters channels of the output
 * @param input height and width of the input
 * @param output height and width of the output
 * @param kernel height and width of the kernel
 * @param strides vertical and horizontal
 * @param pads top, left, bottom, right
 * @param depthwise whether each channel has a filter of its own
 */
record BlockedConvolution(
    Blocks blocks,
    long batch,
    long channels,
    long filters,
    long[] input,
    long[] output,
    long[] kernel,
    long[] strides,
    long[] pads,
    boolean depthwise) {

  private long block() {
    return blocks.size();
  }

  private long paddedChannels() {
    return blocks.padded(channels);
  }

  private long paddedFilters() {
    return blocks.padded(filters);
  }

  private Attributes window(long group, long[] kernelShape, long[] steps, long[] border) {
    return Attributes.of("kernel_shape", kernelShape, "strides", steps)
        .with("pads", border)
        .with("group", group);
  }

  // --- forward

  /** Whether the kernel reads the input in the plain order: it does so below one block. */
  boolean readsPlainInput() {
    return !depthwise && channels < block();
  }

  /**
   * The blocked output.
   *
   * @param x blocked, or plain if {@link #readsPlainInput}
   * @param w plain weights
   * @param bias one value per output channel, or null
   */
  Value forward(Value x, Value w, @Nullable Value bias, Blocks.Ending ending) {
    Value offset = bias == null ? null : blocks.vector(bias);
    if (depthwise) {
      Attributes a = window(paddedChannels(), kernel, strides, pads);
      return blocks.conv(x, depthwiseWeights(w), offset, ending, a);
    }
    Value ordered = readsPlainInput() ? shallowWeights(w) : denseWeights(w);
    return blocks.conv(x, ordered, offset, ending, window(1, kernel, strides, pads));
  }

  /** {@code [filter block, channel block, taps, channel, filter]}. */
  private Value denseWeights(Value w) {
    long b = block();
    Value full = blocks.padTo(blocks.padTo(w, 0, paddedFilters()), 1, paddedChannels());
    return full.reshape(paddedFilters() / b, b, paddedChannels() / b, b, kernel[0] * kernel[1])
        .transpose(0, 2, 4, 3, 1)
        .reshape(paddedFilters(), paddedChannels(), kernel[0], kernel[1]);
  }

  /** {@code [filter block, channel, taps, filter]}. */
  private Value shallowWeights(Value w) {
    return blocks
        .padTo(w, 0, paddedFilters())
        .reshape(paddedFilters() / block(), block(), channels * kernel[0] * kernel[1])
        .transpose(0, 2, 1)
        .reshape(paddedFilters(), channels, kernel[0], kernel[1]);
  }

  /** {@code [channel block, taps, channel]}. */
  private Value depthwiseWeights(Value w) {
    return blocks
        .padTo(w, 0, paddedChannels())
        .reshape(paddedChannels() / block(), block(), kernel[0] * kernel[1])
        .transpose(0, 2, 1)
        .reshape(paddedChannels(), 1, kernel[0], kernel[1]);
  }

  // --- gradient of the input

  /** Zeros around the spread-out output gradient: top, left, bottom, right. */
  private long[] gradientPads() {
    long[] border = new long[4];
    for (int i = 0; i < 2; i++) {
      border[i] = kernel[i] - 1 - pads[i];
      border[i + 2] = input[i] - output[i] * strides[i] + kernel[i] - 1 - border[i];
    }
    return border;
  }

  private boolean isPointwise() {
    return kernel[0] == 1 && kernel[1] == 1 && pads[0] + pads[1] + pads[2] + pads[3] == 0;
  }

  /** Whether {@link #inputGradient} can be built. */
  boolean hasInputGradient() {
    if (isPointwise()) {
      return input[0] == output[0] * strides[0] && input[1] == output[1] * strides[1];
    }
    long[] border = gradientPads();
    return border[0] >= 0 && border[1] >= 0 && border[2] >= 0 && border[3] >= 0;
  }

  /**
   * The gradient of the input: the output gradient, spread out by the strides, convolved with the
   * flipped kernel whose channels and filters change places.
   */
  Value inputGradient(Value dy, Value w, Blocks.Ending ending) {
    boolean strided = strides[0] > 1 || strides[1] > 1;
    long[] unit = {1, 1};
    long group = depthwise ? paddedChannels() : 1;
    Value turned = depthwise ? depthwiseWeights(flip(w, 2)) : turnedWeights(w);
    if (isPointwise() && strided) {
      Value dx =
          blocks.conv(dy, turned, null, Blocks.Ending.NONE, window(group, kernel, unit, pads));
      Value spread = spread(dx);
      return ending.sum() == null ? spread : spread.add(ending.sum());
    }
    Value spread = strided ? spread(dy) : dy;
    return blocks.conv(spread, turned, null, ending, window(group, kernel, unit, gradientPads()));
  }

  /** {@code [channel block, filter block, taps backwards, filter, channel]}. */
  private Value turnedWeights(Value w) {
    long b = block();
    Value full = blocks.padTo(blocks.padTo(w, 0, paddedFilters()), 1, paddedChannels());
    Value taps =
        full.reshape(paddedFilters() / b, b, paddedChannels() / b, b, kernel[0] * kernel[1])
            .transpose(2, 0, 4, 1, 3);
    return flipAxis(taps, 2).reshape(paddedChannels(), paddedFilters(), kernel[0], kernel[1]);
  }

  /** Reverses both spatial axes, the first of which is given. */
  private Value flip(Value w, int axis) {
    return flipAxis(flipAxis(w, axis), axis + 1);
  }

  private Value flipAxis(Value v, int axis) {
    if (v.shape().dim(axis).is(1)) {
      return v;
    }
    return blocks
        .g()
        .op(
            "Slice",
            v,
            blocks.g().vector(-1),
            blocks.g().vector(Long.MIN_VALUE),
            blocks.g().vector(axis),
            blocks.g().vector(-1));
  }

  /** Each position followed by zeros, to {@code strides} times the height and width. */
  private Value spread(Value v) {
    long[] s = v.shape().sizes();
    Value rows = v.reshape(s[0] * s[1] / block() * s[2], 1, s[3], block());
    long[] zeros = {0, 0, 0, 0, 0, strides[0] - 1, 0, (strides[1] - 1) * block()};
    return blocks
        .g()
        .op("Pad", rows, blocks.g().vector(zeros))
        .reshape(s[0], s[1], s[2] * strides[0], s[3] * strides[1]);
  }

  // --- gradient of the weights

  /**
   * The gradient of the weights, plain.
   *
   * @param x the blocked input
   * @param dy the blocked output gradient
   */
  Value weightGradient(Value x, Value dy) {
    return depthwise ? depthwiseWeightGradient(x, dy) : denseWeightGradient(x, dy);
  }

  /** What the input is to be padded with below and on the right so that every tap fits. */
  private long endPad(int axis) {
    long reach = strides[axis] * (output[axis] - 1) + kernel[axis];
    return Math.max(0, reach - input[axis] - pads[axis]);
  }

  /** The number of shifts between padded input and output gradient: the taps, or a few more. */
  private long shifts(int axis) {
    long whole = input[axis] + pads[axis] + endPad(axis);
    return whole - strides[axis] * (output[axis] - 1);
  }

  /**
   * The input convolved with the output gradient as a large kernel. Blocked memory {@code [rows,
   * columns, channel]} is read as rows of {@code columns * block} numbers: a tap then steps by one
   * block, and neighbouring results belong to neighbouring channels. So neither tensor is reordered
   * beyond the exchange of whole images.
   *
   * @param x blocked, or plain if {@link #readsPlainInput}
   */
  private Value denseWeightGradient(Value x, Value dy) {
    long b = block();
    // A plain input is one whose blocks hold a single channel.
    long lanes = readsPlainInput() ? 1 : b;
    long channelBlocks = readsPlainInput() ? channels : paddedChannels() / b;
    long filterBlocks = paddedFilters() / b;
    // The kernel takes fewer images than a block, or a multiple of it.
    long images = batch < b ? batch : blocks.padded(batch);
    long inGroup = batch < b ? batch : b / 2;
    long groups = images / inGroup;
    long left = pads[1];
    Value wide =
        readsPlainInput()
            ? padPlainColumns(x, left, endPad(1))
            : blocks.padColumns(x, left, endPad(1));
    long width = input[1] + left + endPad(1);
    Value signal =
        blocks
            .padTo(wide.reshape(batch, channelBlocks, input[0] * width * lanes), 0, images)
            .transpose(1, 0, 2)
            .reshape(channelBlocks, images, input[0], width * lanes);
    Value kernels =
        blocks
            .padTo(dy.reshape(batch, filterBlocks, output[0] * output[1] * b), 0, images)
            .reshape(groups, inGroup, filterBlocks, output[0] * output[1] * b)
            .transpose(0, 2, 1, 3)
            .reshape(groups * paddedFilters(), inGroup, output[0], output[1]);
    Attributes attributes =
        Attributes.of(
                "kernel_shape", output, "dilations", new long[] {strides[0], strides[1] * lanes})
            .with("pads", new long[] {pads[0], 0, endPad(0), 0})
            .with("group", groups);
    Value perGroup = blocks.conv(signal, kernels, null, Blocks.Ending.NONE, attributes);
    long rows = shifts(0);
    long columns = shifts(1);
    Value sum =
        perGroup
            .reshape(channelBlocks, groups, filterBlocks * rows * columns * lanes * b)
            .sum(false, 1)
            .reshape(channelBlocks, filterBlocks, rows, columns, lanes, b);
    Value plain =
        crop(crop(sum, 2, kernel[0]), 3, kernel[1])
            .transpose(1, 5, 0, 4, 2, 3)
            .reshape(paddedFilters(), channelBlocks * lanes, kernel[0], kernel[1]);
    return crop(crop(plain, 0, filters), 1, channels);
  }

  private Value padPlainColumns(Value x, long left, long right) {
    Value pads = blocks.g().vector(0, 0, 0, left, 0, 0, 0, right);
    return left + right == 0 ? x : blocks.g().op("Pad", x, pads);
  }

  private static Value crop(Value v, int axis, long size) {
    return v.shape().dim(axis).is(size) ? v : v.slice(axis, 0, size);
  }

  /** Each image and channel as a depthwise convolution of its own, with dy as the weights. */
  private Value depthwiseWeightGradient(Value x, Value dy) {
    long maps = batch * paddedChannels();
    Attributes attributes =
        Attributes.of("kernel_shape", output, "dilations", strides)
            .with("pads", new long[] {pads[0], pads[1], endPad(0), endPad(1)})
            .with("group", maps);
    Value perImage =
        blocks.conv(
            x.reshape(1, maps, input[0], input[1]),
            dy.reshape(maps, 1, output[0], output[1]),
            null,
            Blocks.Ending.NONE,
            attributes);
    Value sum =
        perImage
            .reshape(batch, paddedChannels() / block(), shifts(0), shifts(1), block())
            .sum(false, 0);
    sum = crop(crop(sum, 1, kernel[0]), 2, kernel[1]);
    return crop(
        sum.transpose(0, 3, 1, 2).reshape(paddedChannels(), 1, kernel[0], kernel[1]), 0, channels);
  }
}
