"""A network seen from inside: what its hidden layers pass on, and the logits that its answer comes from."""

import keras
import numpy as np
import tensorflow as tf

from mnist_core.errors import ModelError
from mnist_core.network.model import BATCH

TINY = 1e-6  # a length that counts as none: no unit of the layer fires


class FeatureExtractor:
    """A copy of a model that tells more than probabilities, and takes numbers: bytes have no slopes.

    ``tensors``: float32 (N, 28, 28), 0 to 255, to each hidden layer's outputs and, last, the logits (N, 10).
    """

    def __init__(self, model: keras.Model) -> None:
        """Raises ModelError when ``model`` has no hidden layer, or is built so that nobody can look into it."""
        try:
            self.copy = keras.models.clone_model(model, input_tensors=keras.Input((28, 28), dtype="float32"))
        except (TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"This network cannot be looked into: {error}.") from error
        self.copy.set_weights(model.get_weights())
        self.copy.layers[-1].activation = keras.activations.linear
        *hidden, _ = [layer for layer in self.copy.layers if layer.weights]
        if not hidden:
            raise ModelError("This network has no hidden layer to look into.")
        outputs = [*(layer.output for layer in hidden), self.copy.outputs[0]]
        signature = tf.TensorSpec((None, 28, 28), tf.float32)
        self.tensors = tf.function(keras.Model(self.copy.inputs, outputs).call, input_signature=[signature])

    def __call__(self, digits: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """For uint8 (N, 28, 28): each hidden layer's outputs, float32 (N, units), and the logits, float32 (N, 10)."""
        *hidden, logits = (tensor.numpy() for tensor in self.tensors(tf.constant(digits, tf.float32)))
        return [outputs.reshape(len(digits), -1) for outputs in hidden], logits

    def extract(self, digits: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """The same for any number of digits but none, batch by batch."""
        told = [self(digits[start : start + BATCH]) for start in range(0, len(digits), BATCH)]
        layers = zip(*(hidden for hidden, _ in told), strict=True)
        return [np.concatenate(outputs) for outputs in layers], np.concatenate([logits for _, logits in told])


def normalized_features(hidden: list[np.ndarray]) -> np.ndarray:
    """Each hidden layer's outputs, float32 (N, units), scaled to length one, side by side: float32 (N, D)."""
    return np.concatenate(
        [outputs / np.maximum(np.linalg.norm(outputs, axis=1, keepdims=True), TINY) for outputs in hidden], axis=1
    )


def softmax(logits: np.ndarray) -> np.ndarray:
    """``logits``, float32 (..., 10), as probabilities."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
