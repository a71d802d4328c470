package dev.graft.backend.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.backend.BackendException;
import dev.graft.tensor.DType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.KernelDef;
import org.tensorflow.proto.KernelList;

/** Which operations TensorFlow can compute on a CPU for which element types. */
final class Kernels {
  private static final Map<String, KernelList> LISTS = new ConcurrentHashMap<>();

  private Kernels() {}

  /** Whether there is a kernel whose main type {@code T} may be this one. */
  static boolean has(String operation, DType dtype) {
    DataType type = TensorFlowTypes.of(dtype);
    for (KernelDef kernel : LISTS.computeIfAbsent(operation, Kernels::read).getKernelList()) {
      if (kernel.getDeviceType().equals("CPU") && allows(kernel, type)) {
        return true;
      }
    }
    return false;
  }

  private static boolean allows(KernelDef kernel, DataType type) {
    for (KernelDef.AttrConstraint constraint : kernel.getConstraintList()) {
      if (constraint.getName().equals("T")
          && !constraint.getAllowedValues().getList().getTypeList().contains(type)) {
        return false;
      }
    }
    return true;
  }

  private static KernelList read(String operation) {
    try (TF_Status status = TF_Status.newStatus()) {
      TF_Buffer buffer = tensorflow.TF_GetRegisteredKernelsForOp(operation, status);
      status.throwExceptionIfNotOK();
      try {
        byte[] bytes = new byte[(int) buffer.length()];
        new BytePointer(buffer.data()).get(bytes);
        return KernelList.parseFrom(bytes);
      } catch (InvalidProtocolBufferException e) {
        throw new BackendException("TensorFlow's list of kernels cannot be read", e);
      } finally {
        tensorflow.TF_DeleteBuffer(buffer);
      }
    }
  }
}
