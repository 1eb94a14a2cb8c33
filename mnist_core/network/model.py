"""Functions that build, load and save the network, and run inference.

Scaling and flattening are layers of the model, so every model takes raw digits, uint8 (N, 28, 28) with 0 for
background and 255 for ink, and no caller can scale differently.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import is_zipfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from mnist_core.config import ModelConfig
from mnist_core.errors import ModelError, one_line

BATCH_SIZE = 1000  # digits per inference step: large enough for the matrix product, small enough for the cache


def build(config: ModelConfig, *, seed: int) -> keras.Model:
    """Build an untrained network that maps uint8 (N, 28, 28) to softmax probabilities, float32 (N, 10).

    The initial weights are Glorot-uniform, drawn with ``seed``; the biases are 0 (Glorot and Bengio, 2010).
    """
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(name="mlp")
    model.add(keras.Input((28, 28), dtype="uint8"))
    model.add(layers.Rescaling(1 / 255 if config.scaling else 1.0, name="scaling"))
    model.add(layers.Flatten(name="flatten"))
    for number, units in enumerate(config.hidden_units, start=1):
        model.add(layers.Dense(units, activation=config.activation, name=f"hidden_{number}"))
        model.add(layers.Dropout(config.dropout, name=f"dropout_{number}"))
    model.add(layers.Dense(10, activation="softmax", name="probabilities"))
    return model


def load(path: Path) -> keras.Model:
    """Load the model, with its optimizer's state if saved, from a ``.keras`` or ``.h5`` file that this lab wrote.

    Use ``network.importing`` for untrusted files: here Keras loads the file without further checks.

    Raises ModelError when the file is missing, is no Keras model, or does not map 28x28 digits to 10 classes.
    """
    if not path.exists():
        raise ModelError(f"There is no model file {path}.")
    if path.suffix == ".keras" and not is_zipfile(path):  # Keras would say that there is no such file
        raise ModelError(f"{path} is not a Keras model that can be loaded: it is no zip file.")
    try:
        model = keras.saving.load_model(path, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = one_line(str(error).strip().partition("\n")[0])
        raise ModelError(f"{path} is not a Keras model that can be loaded: {reason}") from error
    if model.input_shape != (None, 28, 28) or model.output_shape != (None, 10):
        raise ModelError(
            f"{path} takes {model.input_shape} to {model.output_shape}; "
            "Digit Lab needs a model that takes (None, 28, 28) to (None, 10)."
        )
    return model


def to_hdf5(model: keras.Model) -> bytes:
    """Serialize ``model`` with its optimizer's state as the bytes of an HDF5 file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        model.save(path)
        return path.read_bytes()


def inference_function(model: keras.Model) -> tf.types.experimental.PolymorphicFunction:
    """The inference of ``model`` as a traced function: 1 ms for a digit, where Keras' ``predict`` takes 50 ms."""
    signature = tf.TensorSpec((None, 28, 28), tf.uint8)
    return tf.function(lambda digits: model(digits, training=False), input_signature=[signature])


def probabilities(model: keras.Model, digits: np.ndarray) -> np.ndarray:
    """The probabilities that ``model`` predicts for ``digits``, uint8 (N, 28, 28): float32 (N, 10), rows sum to 1."""
    return predict_with(inference_function(model), digits)


def predict_with(infer: tf.types.experimental.PolymorphicFunction, digits: np.ndarray) -> np.ndarray:
    """The same as ``probabilities``, with a function from ``inference_function`` that is reused for many calls."""
    starts = range(0, len(digits), BATCH_SIZE)
    if not starts:
        return np.empty((0, 10), np.float32)
    return np.concatenate([infer(digits[start : start + BATCH_SIZE]).numpy() for start in starts])
