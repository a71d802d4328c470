package dev.graft.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.graft.backend.BackendException;
import dev.graft.tensor.HostTensor;
import dev.graft.tensor.TensorType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The PyTorch library: loading it once, running modules, and moving tensors over the border. */
final class Torch {
  /** What this thread's settings are; PyTorch keeps them per thread. */
  private static final ThreadLocal<Integer> THREADS = ThreadLocal.withInitial(() -> 0);

  private Torch() {}

  /** Loads the library on first use. */
  static Engine engine() {
    // Otherwise DJL asks a cloud's metadata address, and may download.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    return Engine.getEngine("PyTorch");
  }

  static PtNDManager newManager(ai.djl.Device device) {
    return (PtNDManager) engine().newBaseManager(device);
  }

  /** Loads a program from its archive in memory; the manager owns it. */
  static PtSymbolBlock load(PtNDManager manager, String methods) {
    try {
      byte[] archive = TorchScriptArchive.of(methods);
      return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
    } catch (IOException e) {
      throw new BackendException("PyTorch did not load a program: " + e.getMessage(), e);
    }
  }

  /** Runs a method that maps a list of tensors to a list; the results belong to the manager. */
  static NDList run(
      PtSymbolBlock block, String method, PtNDArray[] arguments, PtNDManager manager, int threads) {
    prepareThread(threads);
    try (IValue list = IValue.listFrom(arguments);
        IValue result = IValueUtils.runMethod(block, method, list)) {
      return result.toNDList(manager);
    }
  }

  /**
   * Runs a module that somebody else wrote, from one tensor to one; the manager owns the result.
   */
  static PtNDArray forward(
      PtSymbolBlock module, PtNDArray input, PtNDManager manager, int threads) {
    prepareThread(threads);
    try (IValue argument = IValue.from(input);
        IValue result = IValueUtils.forward(module, new IValue[] {argument})) {
      if (!result.isTensor()) {
        throw new EngineException(
            "it gives a "
                + result.getType()
                + " instead of one tensor; wrap it in a module that"
                + " returns the features alone");
      }
      return result.toTensor(manager);
    }
  }

  private static void prepareThread(int threads) {
    if (THREADS.get() != threads) {
      JniUtils.setGradMode(false);
      JniUtils.setGraphExecutorOptimize(false);
      JniUtils.setNumThreads(threads);
      THREADS.set(threads);
    }
  }

  /**
   * Puts a tensor into PyTorch in its carrier type, owned by the manager. It may share the tensor's
   * memory, and so must not be written to.
   */
  static PtNDArray share(PtNDManager manager, HostTensor tensor) {
    HostTensor carried = tensor.cast(TorchTypes.carrier(tensor.dtype()));
    ByteBuffer bytes = carried.bytes();
    return create(manager, carried, bytes.isDirect() ? bytes : direct(bytes));
  }

  /** Copies a tensor into PyTorch in its carrier type, owned by the manager. */
  static PtNDArray copy(PtNDManager manager, HostTensor tensor) {
    HostTensor carried = tensor.cast(TorchTypes.carrier(tensor.dtype()));
    return create(manager, carried, direct(carried.bytes()));
  }

  private static PtNDArray create(PtNDManager manager, HostTensor carried, ByteBuffer bytes) {
    return manager.create(
        bytes, new Shape(carried.shape().sizes()), TorchTypes.djl(carried.dtype()));
  }

  private static ByteBuffer direct(ByteBuffer bytes) {
    ByteBuffer own = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder());
    return own.put(bytes).rewind();
  }

  /** Copies values in rows and in their carrier type to the host, as the given type. */
  static HostTensor download(PtNDArray array, TensorType type) {
    TensorType carried = type.withDType(TorchTypes.carrier(type.dtype()));
    return HostTensor.wrap(carried, direct(array.toByteBuffer(false))).cast(type.dtype());
  }
}
