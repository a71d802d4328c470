package dev.graft.backend.djl;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import dev.graft.tensor.DType;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;

/**
 * The order of elements in memory. PyTorch's convolutions on a CPU are faster when channels are
 * innermost, so images and kernels are kept that way inside, and in rows outside.
 */
final class Layouts {
  /** Both copy always: what comes in may share memory that Java frees. */
  private static final String CONVERSIONS =
      "  def inside(self: __torch__.Program, x: List[Tensor]) -> List[Tensor]:\n"
          + "    return [torch.clone(x[0], memory_format=2)]\n"
          + "  def outside(self: __torch__.Program, x: List[Tensor]) -> List[Tensor]:\n"
          + "    return [torch.clone(torch.contiguous(x[0]))]\n";

  private static final class Conversions {
    static final PtSymbolBlock BLOCK =
        Torch.load(Torch.newManager(ai.djl.Device.cpu()), CONVERSIONS);
  }

  private Layouts() {}

  static boolean isImageLike(TensorType type) {
    return type.rank() == 4 && type.dtype() == DType.FLOAT32;
  }

  /** Copies a tensor in, channels innermost where that matters; owned by the manager. */
  static PtNDArray upload(PtNDManager manager, HostTensor tensor, int threads) {
    PtNDArray copy = Torch.copy(manager, tensor);
    if (!isImageLike(tensor.type())) {
      return copy;
    }
    NDList moved = Torch.run(Conversions.BLOCK, "inside", new PtNDArray[] {copy}, manager, threads);
    copy.close();
    return (PtNDArray) moved.get(0);
  }

  /** Copies a slot of any layout out; what it needs on the way belongs to the manager. */
  static HostTensor download(PtNDManager scope, PtNDArray array, TensorType type, int threads) {
    NDList rows = Torch.run(Conversions.BLOCK, "outside", new PtNDArray[] {array}, scope, threads);
    return Torch.download((PtNDArray) rows.get(0), type);
  }
}
