"""The book's recipe in plain Keras, the baseline for the speed of training.

Usage: python -m tests.benchmarks.plain_script [--epochs 20] [--seed 0]
Prints one JSON object; ``seconds`` is the time of ``fit`` alone.
"""

import argparse
import json
import time

import keras
from keras import layers

from mnist_core.digits import mnist


def main() -> None:
    """Train, and print seconds and test accuracy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(arguments.seed)
    (x_train, y_train), (x_test, y_test) = (
        (split.images.reshape(-1, 784).astype("float32") / 255, keras.utils.to_categorical(split.labels, 10))
        for split in (mnist.load().train, mnist.load().test)
    )
    model = keras.Sequential([keras.Input((784,))])
    for _ in range(2):
        model.add(layers.Dense(512, activation="relu"))
        model.add(layers.Dropout(0.2))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    started = time.perf_counter()
    model.fit(x_train, y_train, batch_size=128, epochs=arguments.epochs, validation_data=(x_test, y_test), verbose=0)
    seconds = time.perf_counter() - started
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(json.dumps({"seconds": seconds, "epochs": arguments.epochs, "test_accuracy": accuracy}))


if __name__ == "__main__":
    main()
