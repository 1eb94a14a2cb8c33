"""The outputs of a network's hidden layers, and its logits."""

import keras
import numpy as np
import tensorflow as tf

from mnist_core.errors import ModelError
from mnist_core.network.model import BATCH_SIZE

MIN_NORM = 1e-6  # a smaller norm counts as 0: all units of the layer output 0


class FeatureExtractor:
    """A copy of a model that also returns hidden outputs, and takes float input so that gradients exist.

    ``tensors`` maps float32 (N, 28, 28), 0 to 255, to the outputs of each hidden layer and, last, the logits (N, 10).
    """

    def __init__(self, model: keras.Model) -> None:
        """Raises ModelError when ``model`` has no hidden layer or cannot be cloned."""
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
        """The same for any number of digits above 0, computed in batches."""
        batches = [self(digits[start : start + BATCH_SIZE]) for start in range(0, len(digits), BATCH_SIZE)]
        layers = zip(*(hidden for hidden, _ in batches), strict=True)
        return [np.concatenate(outputs) for outputs in layers], np.concatenate([logits for _, logits in batches])


def normalized_features(hidden: list[np.ndarray]) -> np.ndarray:
    """The outputs of each hidden layer, float32 (N, units), scaled to norm 1 and concatenated: float32 (N, D)."""
    return np.concatenate(
        [outputs / np.maximum(np.linalg.norm(outputs, axis=1, keepdims=True), MIN_NORM) for outputs in hidden], axis=1
    )
