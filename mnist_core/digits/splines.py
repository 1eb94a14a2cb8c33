"""Catmull-Rom splines for synthetic strokes."""

import numpy as np


def catmull_rom(points: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Sample the spline through ``points``; its tangents are parallel to the neighbours (Catmull and Rom, 1974).

    ``points``: float64 (n, 2); the first and the last only define tangents. ``t``: float64 (k,), the parameter on each
    segment, 0 at its start, 1 at its end. Returns float64 ((n - 3) * k, 2).
    """
    p0, p1, p2, p3 = (points[number : len(points) - 3 + number, None] for number in range(4))
    t = t[:, None]
    curve: np.ndarray = p1 + t / 2 * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return curve.reshape(-1, 2)
