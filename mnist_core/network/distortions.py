"""Random affine and elastic distortions of digits, as data augmentation in the training graph.

Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document
Analysis" (2003).
"""

import math
import platform
from functools import cache

import numpy as np
import tensorflow as tf

from mnist_core.config import SIDE

GRID_SIZE = 7  # points per side for which elastic displacements are drawn
ELASTIC_STDDEV = 0.8  # pixels, standard deviation of a displacement at a grid point
MAX_ROTATION = math.radians(9)  # in both directions, as are the limits below
MAX_SHEAR = 0.15
MAX_LOG_SCALE = 0.1
MAX_SHIFT = 1.5  # pixels


def distort(digits: tf.Tensor) -> tf.Tensor:
    """Distort ``digits``, uint8 (B, 28, 28), at random: elastic, rotation, shear, scale and shift.

    Returns float32 (B, 28, 28), 0 to 255, interpolated bilinearly. Positions outside the image get the value of the
    nearest edge pixel, which is background.
    """
    count = tf.shape(digits)[0]
    shifts = tf.random.uniform((count, 2, 1), -MAX_SHIFT, MAX_SHIFT)
    grid_displacements = tf.random.normal((count * 2, GRID_SIZE * GRID_SIZE), stddev=ELASTIC_STDDEV)
    return _warp(digits, _affine(count), shifts, grid_displacements)


def _affine(count: tf.Tensor) -> tf.Tensor:
    """Random matrices, float32 (count, 2, 2), that rotate, shear and scale."""
    angle = tf.random.uniform((count,), -MAX_ROTATION, MAX_ROTATION)
    shear = tf.random.uniform((count,), -MAX_SHEAR, MAX_SHEAR)
    scale_y, scale_x = tf.unstack(tf.exp(tf.random.uniform((2, count), -MAX_LOG_SCALE, MAX_LOG_SCALE)))
    cos, sin = tf.cos(angle), tf.sin(angle)
    rows = tf.stack([cos * scale_y, (sin + shear) * scale_y], axis=1), tf.stack([-sin * scale_x, cos * scale_x], axis=1)
    return tf.stack(rows, axis=1)


# XLA was four times as fast when measured.
@tf.function(autograph=False, jit_compile=platform.system() == "Linux")  # type: ignore[untyped-decorator]  # no types
def _warp(digits: tf.Tensor, affine: tf.Tensor, shifts: tf.Tensor, grid_displacements: tf.Tensor) -> tf.Tensor:
    """Sample ``digits`` at the transformed pixel positions: float32 (B, 28, 28)."""
    elastic = tf.reshape(grid_displacements @ tf.constant(_bicubic_weights().T), (-1, 2, SIDE * SIDE))
    sources = affine @ tf.constant(_pixel_offsets()) + shifts + elastic + (SIDE - 1) / 2  # (B, 2, 784): rows, columns
    sources = tf.clip_by_value(sources, 0, SIDE - 1)
    corners = tf.minimum(tf.floor(sources), SIDE - 2)
    down, right = tf.unstack(sources - corners, axis=1)
    row, column = tf.unstack(tf.cast(corners, tf.int32), axis=1)
    flat = tf.reshape(tf.cast(digits, tf.float32), (-1, SIDE * SIDE))
    first = row * SIDE + column  # the upper left of the four pixels around a source position
    above, above_right, below, below_right = (
        tf.gather(flat, first + step, batch_dims=1) for step in (0, 1, SIDE, SIDE + 1)
    )
    upper, lower = above + right * (above_right - above), below + right * (below_right - below)
    return tf.reshape(upper + down * (lower - upper), (-1, SIDE, SIDE))


@cache
def _pixel_offsets() -> np.ndarray:
    """The row and column of each pixel relative to the centre: float32 (2, 784)."""
    offsets = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    return np.stack(np.meshgrid(offsets, offsets, indexing="ij")).reshape(2, -1)


@cache
def _bicubic_weights() -> np.ndarray:
    """Bicubic weights of the grid points for each pixel: float32 (784, 49) (Keys, 1981)."""
    offsets = np.arange(SIDE)[:, None] / (SIDE - 1) * (GRID_SIZE - 1) - np.arange(GRID_SIZE)[None, :]
    distance = np.abs(offsets)
    inner = 1.5 * distance**3 - 2.5 * distance**2 + 1
    outer = -0.5 * distance**3 + 2.5 * distance**2 - 4 * distance + 2
    weights = np.where(distance <= 1, inner, np.where(distance < 2, outer, 0)).astype(np.float32)  # (28, 7)
    return np.kron(weights, weights)
