"""Test digits with disputed labels, and suspicious ones whose labels were confirmed.

Source: Curtis Northcutt, Anish Athalye, Jonas Mueller, "Pervasive Label Errors in Test Sets Destabilize Machine
Learning Benchmarks", 2021; labelerrors.com. An algorithm flagged the labels of 100 test digits. For each, five people
said whether the image shows the label, the algorithm's suggestion, or neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rating:
    """The votes of five raters: how many confirmed the label, read ``suggested`` instead, or neither."""

    suggested: int
    confirmed: int
    read_suggested: int
    neither: int


# By test index; fewer than three of the five raters confirmed these labels.
RATINGS = {
    947: Rating(9, 0, 5, 0),
    1621: Rating(6, 2, 3, 0),
    1901: Rating(4, 2, 3, 0),
    2130: Rating(9, 2, 2, 1),
    2462: Rating(0, 0, 4, 1),
    2597: Rating(3, 0, 4, 1),
    2654: Rating(1, 0, 2, 3),
    3520: Rating(4, 2, 0, 3),
    3558: Rating(0, 1, 4, 0),
    5937: Rating(3, 1, 3, 1),
    6651: Rating(6, 0, 5, 0),
    6783: Rating(6, 2, 3, 0),
    8527: Rating(9, 2, 2, 1),
    9679: Rating(3, 2, 0, 3),
    9729: Rating(6, 2, 3, 0),
}
DISPUTED = tuple(RATINGS)

# Test indices flagged by the algorithm whose label all five raters confirmed.
CONFIRMED = (
    *(247, 259, 321, 340, 445, 582, 619, 726, 810, 1014, 1033, 1039, 1112, 1299, 1530, 1709, 2043, 2109, 2135, 2182),
    *(2406, 2896, 2921, 2927, 2939, 3060, 3073, 3206, 3597, 3767, 3778, 3850, 3906, 4207, 4224, 4639, 4783, 4860, 4880),
    *(4978, 5887, 6505, 6597, 6625, 7434, 8094, 8408, 9634, 9642, 9755),
)


def blind_sample(seed: Sequence[int]) -> tuple[int, ...]:
    """The indices DISPUTED and as many of CONFIRMED, shuffled; reproducible for a ``seed``."""
    rng = np.random.default_rng(seed)
    confirmed = rng.choice(CONFIRMED, len(DISPUTED), replace=False)
    return tuple(rng.permutation([*DISPUTED, *confirmed]).tolist())
