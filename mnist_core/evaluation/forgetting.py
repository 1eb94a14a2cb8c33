"""What became of each digit while a network learned: arrays in, arrays out."""

import numpy as np

ALWAYS, LEARNED, FORGOTTEN, NEVER = range(4)


def histories(right: np.ndarray) -> np.ndarray:
    """What became of N digits over E epochs: uint8 (N,), one of four constants each.

    ``right``: bool (E, N), whether a digit was read right after an epoch, oldest first. ALWAYS: after each. LEARNED:
    wrong at some time, right at the end. FORGOTTEN: right at some time, wrong at the end (as in Toneva et al., 2019,
    who count each fall from right to wrong). NEVER: wrong after each.
    """
    at_the_end = np.where(right.all(axis=0), ALWAYS, LEARNED)
    return np.where(right[-1], at_the_end, np.where(right.any(axis=0), FORGOTTEN, NEVER)).astype(np.uint8)
