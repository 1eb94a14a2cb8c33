"""The tints of a confusion matrix's cells, in all media; does not import matplotlib, which is slow to import."""

from dataclasses import dataclass

import numpy as np

from mnist_core.config import CLASSES

RIGHT_OPACITY = 0.13  # visible on light and dark pages, fainter than a frequent error
MAX_ERROR_OPACITY = 0.8  # the count in the cell stays readable


@dataclass(frozen=True)
class MatrixTints:
    """Which cells are ``right``, bool (10, 10), and the ``opacity`` of each cell's tint, float64 (10, 10), 0 to 1.

    The tint is the text's colour where a cell is right and TEST_COLOUR where it is an error.
    """

    right: np.ndarray
    opacity: np.ndarray


def matrix_tints(counts: np.ndarray) -> MatrixTints:
    """The tints for ``counts``, int (10, 10), true label by predicted label, or shares of them, float from 0.

    All right cells have the same tint. The most frequent error has MAX_ERROR_OPACITY; a cell without errors has none.
    """
    right = np.eye(CLASSES, dtype=bool)
    errors = np.where(right, 0, counts)
    shares = errors / (errors.max() or 1)
    # The square root keeps single errors visible beside frequent ones.
    return MatrixTints(right, np.where(right, RIGHT_OPACITY, MAX_ERROR_OPACITY * np.sqrt(shares)))
