"""Feature extraction with Keras: a frozen MobileNetV2 0.35 and a new head, on folders of images.

Twice: as Keras users write it, where every epoch runs the frozen network again, and with features
computed once. Weights are random unless a file is given: times are the same, accuracies are not.

usage: keras_features.py TRAIN_DIR VAL_DIR [--weights FILE.h5] [--epochs 10] [--threads 2]
"""

import argparse
import json
import os
import time

parser = argparse.ArgumentParser(description="Keras feature extraction, timed")
parser.add_argument("train")
parser.add_argument("val")
parser.add_argument("--weights")
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
keras.utils.set_random_seed(0)


def data(folder, shuffle):
    images = keras.utils.image_dataset_from_directory(
        folder, image_size=(224, 224), batch_size=32, shuffle=shuffle, verbose=False
    )
    return images.map(lambda x, y: (x / 127.5 - 1, y)).prefetch(tf.data.AUTOTUNE)


def backbone():
    model = keras.applications.MobileNetV2(
        (224, 224, 3), alpha=0.35, include_top=False, pooling="avg", weights=options.weights
    )
    model.trainable = False
    return model


def fit(model, train, val):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss, metrics=["accuracy"])
    history = model.fit(train, validation_data=val, epochs=options.epochs, verbose=0)
    return history.history["val_accuracy"][-1]


def every_epoch():
    given = keras.Input((224, 224, 3))
    model = keras.Model(given, keras.layers.Dense(2)(backbone()(given, training=False)))
    return fit(model, data(options.train, True), data(options.val, False))


def computed_once():
    body = backbone()
    run = tf.function(lambda x: body(x, training=False), reduce_retracing=True)

    def features(folder):
        parts = [(run(x), y) for x, y in data(folder, False)]
        x = tf.concat([p[0] for p in parts], 0)
        y = tf.concat([p[1] for p in parts], 0)
        return tf.data.Dataset.from_tensor_slices((x, y))

    train, val = features(options.train), features(options.val)
    given = keras.Input((1280,))
    head = keras.Model(given, keras.layers.Dense(2)(given))
    return fit(head, train.shuffle(1000).batch(32), val.batch(32))


for name, job in (("every epoch", every_epoch), ("features computed once", computed_once)):
    keras.backend.clear_session()
    start = time.perf_counter()
    accuracy = job()
    seconds = time.perf_counter() - start
    print(json.dumps({"job": name, "seconds": round(seconds, 2), "val_accuracy": accuracy}))
