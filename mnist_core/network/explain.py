"""Explanations of a prediction: hidden activity, pixel attributions, and predictions with earlier weights."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf
from scipy.special import softmax

from mnist_core.errors import ModelError
from mnist_core.network.feature_extractor import FeatureExtractor

INTEGRATION_STEPS = 32  # from the blank image to the digit; more steps make no visible difference


def activity(extractor: FeatureExtractor, digit: np.ndarray) -> list[np.ndarray]:
    """The output of each hidden layer for ``digit``, uint8 (28, 28): float32 (units,), in the order of the layers."""
    return [outputs[0] for outputs in extractor(digit[None])[0]]


def top_two(extractor: FeatureExtractor, digit: np.ndarray) -> tuple[int, int]:
    """The most and the second most probable class of ``digit``, uint8 (28, 28)."""
    runner_up, answer = np.argsort(extractor(digit[None])[1][0])[-2:]
    return int(answer), int(runner_up)


def saliency(
    extractor: FeatureExtractor, digit: np.ndarray, *, answer: int, runner_up: int
) -> tuple[np.ndarray, np.ndarray]:
    """Attribute the margin between two classes to the pixels of ``digit``, uint8 (28, 28): two float32 (28, 28).

    The margin is the logit of ``answer`` minus that of ``runner_up``. The first array is the contribution of each
    pixel: integrated gradients from the blank image (Sundararajan et al., 2017). It sums to the digit's margin minus
    the blank image's. The second array is by how much the margin would fall, averaged over the 3x3 pixels around each
    pixel, if they were 255: a linear estimate from the gradient at the digit (Simonyan et al., 2014), 0 or above.
    """
    fractions = ((np.arange(INTEGRATION_STEPS) + 0.5) / INTEGRATION_STEPS).astype(np.float32)
    points = tf.constant(np.concatenate([fractions[:, None, None] * digit, digit[None]]), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(points)
        logits = extractor.tensors(points)[-1]
        margins = logits[:, answer] - logits[:, runner_up]
    gradients = tape.gradient(margins, points).numpy()
    present = gradients[:-1].mean(axis=0) * digit
    missing = np.maximum(_mean_3x3(-gradients[-1] * (255.0 - digit)), 0)
    return present.astype(np.float32), missing.astype(np.float32)


def _mean_3x3(values: np.ndarray) -> np.ndarray:
    """Means of ``values``, float (28, 28), over the 3x3 pixels around each, padded with 0."""
    padded = np.pad(values, 1)
    means: np.ndarray = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).mean(axis=(2, 3))
    return means


def predict_with_weights(
    extractor: FeatureExtractor, weights: Mapping[str, np.ndarray], digit: np.ndarray
) -> np.ndarray:
    """The probabilities for ``digit`` with the ``weights`` of a run's snapshot: float32 (10,).

    Raises ModelError when the weights belong to another network.
    """
    original_weights = extractor.copy.get_weights()
    try:
        for layer in extractor.copy.layers:
            for weight in layer.trainable_weights:
                weight.assign(weights[f"{layer.name}/{weight.name}"].astype(np.float32))
        probabilities: np.ndarray = softmax(extractor(digit[None])[1][0])
        return probabilities
    except (KeyError, ValueError) as error:
        raise ModelError(f"A snapshot of this run belongs to another network: {error}.") from error
    finally:
        extractor.copy.set_weights(original_weights)
