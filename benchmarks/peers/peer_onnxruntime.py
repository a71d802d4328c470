"""Python onnxruntime on the workloads' ONNX files: inference only.

usage: peer_onnxruntime.py MODE MODELS_DIR WORKLOAD THREADS
"""

import os
import sys

import protocol

_, _, models, workload, threads = sys.argv
protocol.limit_threads(threads)
np = protocol.require("numpy")
ort = protocol.require("onnxruntime")

path = os.path.join(models, workload + ".onnx")
session = None


def make(measure):
    global session
    if not measure.startswith("INFERENCE_"):
        raise NotImplementedError("the stock onnxruntime only runs models")
    if session is None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = int(threads)
        session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    shape = [int(measure.split("_")[1])] + given.shape[1:]
    random = np.random.default_rng(0)
    if "int64" in given.type:
        value = random.integers(0, 30522, shape)
    else:
        value = random.standard_normal(shape, dtype=np.float32)
    return lambda: session.run(None, {given.name: value})


protocol.serve({"onnxruntime": ort.__version__}, make)
