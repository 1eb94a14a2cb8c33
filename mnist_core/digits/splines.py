"""Smooth lines through places, for strokes made by code."""

import numpy as np


def through(places: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Curves between ``places``, each tangent along its place's neighbours (Catmull and Rom, 1974).

    ``places``: float64 (n, 2); the first and the last only give directions. ``t``: float64 (k,), where on each curve,
    0 at its beginning, 1 at its end. Returns float64 ((n - 3) * k, 2).
    """
    p0, p1, p2, p3 = (places[number : len(places) - 3 + number, None] for number in range(4))
    t = t[:, None]
    curve = p1 + t / 2 * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return curve.reshape(-1, 2)
