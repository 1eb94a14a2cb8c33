"""The input encoding of a Dense network: flattened pixels from 0 to 1, and one-hot labels.

Digit Lab's own networks scale and flatten in their first layers; these functions are used for explanations.
"""

import numpy as np

from mnist_core.config import CLASSES


def flatten(images: np.ndarray) -> np.ndarray:
    """Reshape ``images`` (N, 28, 28) to (N, 784), row by row; returns a view without copying."""
    return images.reshape(len(images), -1)


def scale(pixels: np.ndarray) -> np.ndarray:
    """Divide ``pixels``, 0 to 255, any shape, by 255: float32, 0 to 1."""
    return pixels.astype(np.float32) / np.float32(255)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Encode ``labels``, integers (N,), 0 to 9, as float32 (N, 10): 1 in the label's column, else 0."""
    encoded: np.ndarray = np.eye(CLASSES, dtype=np.float32)[labels]
    return encoded
