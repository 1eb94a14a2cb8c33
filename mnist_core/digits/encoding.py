"""What a Dense network wants from MNIST's arrays: rows of numbers from 0 to 1, and one-hot labels.

Digit Lab's own networks scale and flatten in their first layers; these functions show a learner what happens there.
"""

import numpy as np

CLASSES = 10


def flatten(images: np.ndarray) -> np.ndarray:
    """``images`` (N, 28, 28) as (N, 784), row after row. A view: no pixel is copied."""
    return images.reshape(len(images), -1)


def scale(pixels: np.ndarray) -> np.ndarray:
    """``pixels``, 0 to 255, any shape, divided by 255: float32, 0 to 1."""
    return pixels.astype(np.float32) / np.float32(255)


def one_hot(labels: np.ndarray) -> np.ndarray:
    """``labels``, integers (N,), 0 to 9, as float32 (N, 10): 1 in the label's column, else 0."""
    return np.eye(CLASSES, dtype=np.float32)[labels]
