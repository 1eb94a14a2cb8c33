"""Why a network answers as it does: what its units do, which ink decides, how the answer grew in training."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from mnist_core.errors import ModelError
from mnist_core.network.feature_extractor import FeatureExtractor, softmax

STEPS = 32  # on the way from empty paper to the digit; more change no pixel that one could see


def activity(extractor: FeatureExtractor, digit: np.ndarray) -> list[np.ndarray]:
    """What each hidden layer's units pass on for ``digit``, uint8 (28, 28): float32 (units,), the first layer first."""
    return [outputs[0] for outputs in extractor(digit[None])[0]]


def two_best(extractor: FeatureExtractor, digit: np.ndarray) -> tuple[int, int]:
    """The answer for ``digit``, uint8 (28, 28), and the runner-up."""
    runner_up, answer = np.argsort(extractor(digit[None])[1][0])[-2:]
    return int(answer), int(runner_up)


def saliency(
    extractor: FeatureExtractor, digit: np.ndarray, *, answer: int, runner_up: int
) -> tuple[np.ndarray, np.ndarray]:
    """Which ink of ``digit``, uint8 (28, 28), decides between two classes: two float32 (28, 28).

    The first tells how much each pixel's ink adds to the margin, the logit of ``answer`` less that of ``runner_up``:
    integrated gradients from empty paper (Sundararajan et al., 2017), so it sums up to the margin less the paper's.
    The second tells how much the margin would fall, on average, over the 3x3 pixels around each one if they were full
    of ink, as a pen's dot is, judged by the slopes at the digit (Simonyan et al., 2014); 0 where it would not.
    """
    shares = ((np.arange(STEPS) + 0.5) / STEPS).astype(np.float32)
    steps = tf.constant(np.concatenate([shares[:, None, None] * digit, digit[None]]), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(steps)
        logits = extractor.tensors(steps)[-1]
        margins = logits[:, answer] - logits[:, runner_up]
    slopes = tape.gradient(margins, steps).numpy()
    present = slopes[:-1].mean(axis=0) * digit
    missing = np.maximum(_over_a_dot(-slopes[-1] * (255.0 - digit)), 0)
    return present.astype(np.float32), missing.astype(np.float32)


def _over_a_dot(values: np.ndarray) -> np.ndarray:
    """Means of ``values``, float (28, 28), over 3x3 pixels around each; beyond the edge they are 0."""
    padded = np.pad(values, 1)
    return np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).mean(axis=(2, 3))


def predict_with_weights(
    extractor: FeatureExtractor, weights: Mapping[str, np.ndarray], digit: np.ndarray
) -> np.ndarray:
    """What the same network answered for ``digit`` with other weights, as a run's snapshot has them: float32 (10,).

    Raises ModelError when they belong to another network.
    """
    kept = extractor.copy.get_weights()
    try:
        for layer in extractor.copy.layers:
            for weight in layer.trainable_weights:
                weight.assign(weights[f"{layer.name}/{weight.name}"].astype(np.float32))
        return softmax(extractor(digit[None])[1][0])
    except (KeyError, ValueError) as error:
        raise ModelError(f"A snapshot of this run belongs to another network: {error}.") from error
    finally:
        extractor.copy.set_weights(kept)
