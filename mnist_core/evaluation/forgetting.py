"""Classification of digits as always right, learned, forgotten or never right over the epochs."""

import numpy as np

ALWAYS, LEARNED, FORGOTTEN, NEVER = range(4)


def histories(right: np.ndarray) -> np.ndarray:
    """Classify N digits by their predictions over E epochs: uint8 (N,), ALWAYS, LEARNED, FORGOTTEN or NEVER.

    ``right``: bool (E, N), whether a digit was predicted right after an epoch, oldest first. ALWAYS: right after each.
    LEARNED: wrong once, right at the end. FORGOTTEN: right once, wrong at the end (Toneva et al., 2019, count each
    change from right to wrong). NEVER: wrong after each.
    """
    right_at_end = np.where(right.all(axis=0), ALWAYS, LEARNED)
    return np.where(right[-1], right_at_end, np.where(right.any(axis=0), FORGOTTEN, NEVER)).astype(np.uint8)
