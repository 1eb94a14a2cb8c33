"""Affine and elastic distortions in the training graph: each digit a little different each time it is seen.

Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
Analysis" (2003): what a digit may undergo without becoming another digit teaches more than more of the same.
"""

import math
import platform
from functools import cache

import numpy as np
import tensorflow as tf

SIDE = 28
GRID = 7  # points along a side at which the elastic displacement is drawn
ELASTIC = 0.8  # pixels, standard deviation of a displacement at such a point
TURN = math.radians(9)  # largest, either way, as are all below
SHEAR = 0.15
STRETCH = 0.1
SHIFT = 1.5  # pixels


def distort(digits: tf.Tensor) -> tf.Tensor:
    """Each of ``digits``, uint8 (B, 28, 28), bent, turned, sheared, stretched and moved at random.

    Returns float32 (B, 28, 28), 0 to 255, read between pixels (bilinear); what comes from outside is as the edge,
    which is background.
    """
    count = tf.shape(digits)[0]
    shifts = tf.random.uniform((count, 2, 1), -SHIFT, SHIFT)
    bumps = tf.random.normal((count * 2, GRID * GRID), stddev=ELASTIC)
    return _warp(digits, _affine(count), shifts, bumps)


def _affine(count: tf.Tensor) -> tf.Tensor:
    """Matrices, float32 (count, 2, 2), that turn, shear and stretch."""
    turn = tf.random.uniform((count,), -TURN, TURN)
    shear = tf.random.uniform((count,), -SHEAR, SHEAR)
    tall, wide = tf.unstack(tf.exp(tf.random.uniform((2, count), -STRETCH, STRETCH)))
    cos, sin = tf.cos(turn), tf.sin(turn)
    rows = tf.stack([cos * tall, (sin + shear) * tall], axis=1), tf.stack([-sin * wide, cos * wide], axis=1)
    return tf.stack(rows, axis=1)


@tf.function(autograph=False, jit_compile=platform.system() == "Linux")  # four times as fast where it was measured
def _warp(digits: tf.Tensor, affine: tf.Tensor, shifts: tf.Tensor, bumps: tf.Tensor) -> tf.Tensor:
    """``digits`` read where the displacements say: float32 (B, 28, 28)."""
    bent = tf.reshape(bumps @ tf.constant(_bicubic().T), (-1, 2, SIDE * SIDE))
    sources = affine @ tf.constant(_places()) + shifts + bent + (SIDE - 1) / 2  # (B, 2, 784): rows, columns
    sources = tf.clip_by_value(sources, 0, SIDE - 1)
    corners = tf.minimum(tf.floor(sources), SIDE - 2)
    down, right = tf.unstack(sources - corners, axis=1)
    row, column = tf.unstack(tf.cast(corners, tf.int32), axis=1)
    flat = tf.reshape(tf.cast(digits, tf.float32), (-1, SIDE * SIDE))
    first = row * SIDE + column  # the upper left of the four pixels around a source
    above, above_right, below, below_right = (
        tf.gather(flat, first + step, batch_dims=1) for step in (0, 1, SIDE, SIDE + 1)
    )
    upper, lower = above + right * (above_right - above), below + right * (below_right - below)
    return tf.reshape(upper + down * (lower - upper), (-1, SIDE, SIDE))


@cache
def _places() -> np.ndarray:
    """Row and column of each pixel from the centre: float32 (2, 784)."""
    along = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    return np.stack(np.meshgrid(along, along, indexing="ij")).reshape(2, -1)


@cache
def _bicubic() -> np.ndarray:
    """How much each grid point moves each pixel: float32 (784, 49), cubic in both directions (Keys, 1981)."""
    along = np.arange(SIDE)[:, None] / (SIDE - 1) * (GRID - 1) - np.arange(GRID)[None, :]
    near = np.abs(along)
    inner = 1.5 * near**3 - 2.5 * near**2 + 1
    outer = -0.5 * near**3 + 2.5 * near**2 - 4 * near + 2
    weights = np.where(near <= 1, inner, np.where(near < 2, outer, 0)).astype(np.float32)  # (28, 7)
    return np.kron(weights, weights)
