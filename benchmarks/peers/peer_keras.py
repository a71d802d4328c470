"""Keras 3 on TensorFlow on the workloads of Graft's speed comparison, as its users write it.

usage: peer_keras.py MODE MODELS_DIR WORKLOAD THREADS
"""

import os
import sys

import protocol

_, _, _, workload, threads = sys.argv
protocol.limit_threads(threads)
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
np = protocol.require("numpy")
tf = protocol.require("tensorflow")
keras = protocol.require("keras")
tf.config.threading.set_intra_op_parallelism_threads(int(threads))
tf.config.threading.set_inter_op_parallelism_threads(1)
from keras import layers as L  # noqa: E402

keras.utils.set_random_seed(0)
CLASSES = 10


def conv(x, out, kernel, stride=1, activation=None, depthwise=False):
    if depthwise:
        x = L.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False)(x)
    else:
        x = L.Conv2D(out, kernel, stride, padding="same", use_bias=False)(x)
    x = L.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return L.Activation(activation)(x) if activation else x


def mlp():
    x = given = keras.Input((784,))
    for _ in range(2):
        x = L.Dense(512, activation="relu")(x)
    return given, x


def resnet20():
    given = keras.Input((32, 32, 3))
    x = conv(given, 16, 3, activation="relu")
    for stage in range(3):
        for block in range(3):
            out, stride = 16 << stage, 2 if stage and not block else 1
            y = conv(conv(x, out, 3, stride, "relu"), out, 3)
            shortcut = x if x.shape[-1] == out else conv(x, out, 1, stride)
            x = L.Activation("relu")(L.Add()([y, shortcut]))
    return given, L.GlobalAveragePooling2D()(x)


def mobilenetv2():
    given = keras.Input((96, 96, 3))
    x = conv(given, 16, 3, 2, "relu6")
    stages = [
        (1, 8, 1, 1), (6, 8, 2, 2), (6, 16, 3, 2), (6, 24, 4, 2),
        (6, 32, 3, 1), (6, 56, 3, 2), (6, 112, 1, 1),
    ]
    for expansion, out, repeats, first in stages:
        for i in range(repeats):
            stride, wide = first if i == 0 else 1, x.shape[-1] * expansion
            y = conv(x, wide, 1, activation="relu6") if expansion > 1 else x
            y = conv(conv(y, wide, 3, stride, "relu6", depthwise=True), out, 1)
            x = L.Add()([x, y]) if stride == 1 and x.shape[-1] == out else y
    return given, L.GlobalAveragePooling2D()(conv(x, 1280, 1, activation="relu6"))


def minilm():
    given = keras.Input((32,), dtype="int64")
    positions = L.Embedding(32, 384)(keras.ops.arange(32))
    x = L.LayerNormalization(epsilon=1e-12)(L.Embedding(30522, 384)(given) + positions)
    for _ in range(6):
        x = L.LayerNormalization(epsilon=1e-12)(x + L.MultiHeadAttention(12, 32)(x, x))
        y = L.Dense(384)(L.Dense(1536, activation="gelu")(x))
        x = L.LayerNormalization(epsilon=1e-12)(x + y)
    return given, L.GlobalAveragePooling1D()(x)


BUILD = {
    "mlp": (mlp, 64),
    "resnet20": (resnet20, 64),
    "mobilenetv2": (mobilenetv2, 32),
    "minilm": (minilm, 16),
}
build, batch = BUILD[workload]


def network(frozen=False):
    given, features = build()
    if frozen:
        body = keras.Model(given, features)
        body.trainable = False
        features = body(given, training=False)
    return keras.Model(given, L.Dense(CLASSES)(features))


def inputs(model, count):
    random = np.random.default_rng(0)
    shape = (count, *model.input_shape[1:])
    if workload == "minilm":
        return tf.constant(random.integers(0, 30522, shape))
    return tf.constant(random.standard_normal(shape, dtype=np.float32))


def training(frozen):
    model = network(frozen)
    if workload == "minilm":
        optimizer = keras.optimizers.AdamW(1e-4, weight_decay=0.01)
    else:
        optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, jit_compile=False)
    x, y = inputs(model, batch), tf.constant(np.arange(batch) % CLASSES)
    return lambda: model.train_on_batch(x, y)


def inference(count):
    model = network()
    x = inputs(model, count)
    function = tf.function(lambda v: model(v, training=False))
    return lambda: function(x).numpy()


def make(measure):
    if measure.startswith("INFERENCE_"):
        return inference(int(measure.split("_")[1]))
    return training(measure == "FROZEN_STEP")


protocol.serve({"keras": keras.__version__, "tensorflow": tf.__version__}, make)
