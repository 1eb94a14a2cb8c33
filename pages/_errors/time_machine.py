"""Errors, the time machine: predictions of the network after a saved epoch, and each digit's learning history."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.label_errors import DISPUTED
from mnist_core.evaluation import forgetting
from mnist_core.evaluation.predictions import predictions_by_epoch
from mnist_core.runs.run import Run
from pages._errors.selection import ANY, EPOCH, GROUP, reset_gallery

HISTORY_NAMES = {
    forgetting.LEARNED: "learned",
    forgetting.FORGOTTEN: "forgotten",
    forgetting.NEVER: "never",
    forgetting.ALWAYS: "always",
}


def shown_epoch(run: Run) -> int | None:
    """Return the epoch that the time machine selects, or None for the final network."""
    value = EPOCH.value
    return int(value) if value and int(value) in run.snapshots() else None


def choose_epoch(run: Run) -> None:
    """Show the toggle of the time machine and, while it is on, the epoch slider and what changed in that epoch."""
    epochs = list(run.snapshots())
    if not epochs:
        return
    epoch = shown_epoch(run)
    # The key contains the state, because a link or another run can change it without the widget.
    st.toggle(
        "Time machine",
        epoch is not None,
        key=f"errors-time-machine-{epoch is not None}",
        on_change=lambda: _set("" if epoch else str(epochs[-1])),
        help="The network as it was while it learned. Matrix, counts and gallery follow.",
    )
    if epoch is None:
        return
    key = f"errors-epoch-{run.id}-{epoch}"
    if len(epochs) > 1:
        st.select_slider("After epoch", epochs, epoch, key=key, on_change=lambda: _set(str(st.session_state[key])))
    st.markdown(history_text(predictions_by_epoch(run), mnist.load().test.labels, epoch))


def _set(epoch: str) -> None:
    EPOCH.set(epoch)
    reset_gallery()


def history_text(predictions: dict[int, np.ndarray], labels: np.ndarray, epoch: int) -> str:
    """Say what changed in ``epoch`` and how many digits were learned or forgotten over all epochs of ``predictions``.

    ``predictions``: predicted labels by epoch, uint8 (N,) each. ``labels``: uint8 (N,).
    """
    right = {each: predicted == labels for each, predicted in predictions.items()}
    epochs = list(right)
    previous = epochs[epochs.index(epoch) - 1] if epoch != epochs[0] else None
    counts = np.bincount(forgetting.histories(np.array(list(right.values()))), minlength=4)
    totals = (
        f"Over all the epochs kept: {counts[forgetting.LEARNED]:,} digits learned, {counts[forgetting.FORGOTTEN]:,} "
        f"forgotten, {counts[forgetting.NEVER]:,} never learned, {counts[forgetting.ALWAYS]:,} always right."
    )
    if previous is None:
        return f"The first epoch that was kept. {totals}"
    gained, lost = right[epoch] & ~right[previous], right[previous] & ~right[epoch]
    return f"Since epoch {previous}: **{gained.sum():,}** newly right, **{lost.sum():,}** newly wrong. {totals}"


def history_names(run: Run) -> np.ndarray | None:
    """Return the learning history of each test digit as a word, str (10000,), or None if the time machine is off."""
    if shown_epoch(run) is None:
        return None
    return np.array([HISTORY_NAMES[kind] for kind in sorted(HISTORY_NAMES)])[_histories(run)]


def group_mask(run: Run) -> np.ndarray:
    """Return which test digits are in the group of the filters, bool (10000,); a history needs snapshots."""
    group, size = GROUP.value, mnist.SIZES["test"]
    if group == ANY:
        return np.ones(size, bool)
    if group == "disputed":
        return np.isin(np.arange(size), DISPUTED)
    kinds = {word: kind for kind, word in HISTORY_NAMES.items()}
    return _histories(run) == kinds[group] if run.snapshots() else np.zeros(size, bool)


def _histories(run: Run) -> np.ndarray:
    labels = mnist.load().test.labels
    return forgetting.histories(np.array([predicted == labels for predicted in predictions_by_epoch(run).values()]))
