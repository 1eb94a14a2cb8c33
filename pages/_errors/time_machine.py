"""Errors, the time machine: the network as it was after an epoch, and what became of each digit."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.label_errors import DISPUTED
from mnist_core.evaluation import forgetting
from mnist_core.evaluation.predictions import answers_by_epoch
from mnist_core.runs.run import Run
from pages._errors.selection import ANY, EPOCH, GROUP, start_again

WORDS = {
    forgetting.LEARNED: "learned",
    forgetting.FORGOTTEN: "forgotten",
    forgetting.NEVER: "never",
    forgetting.ALWAYS: "always",
}


def epoch_on_view(run: Run) -> int | None:
    """The epoch that the time machine stands at; None for the finished network."""
    asked = EPOCH.value
    return int(asked) if asked and int(asked) in run.snapshots else None


def choose_epoch(run: Run) -> None:
    """The switch of the time machine and, while it is on, the epochs and what changed in the one on view."""
    epochs = list(run.snapshots)
    if not epochs:
        return
    epoch = epoch_on_view(run)
    # Another key for each state: a link or another run may have changed it.
    st.toggle(
        "Time machine",
        epoch is not None,
        key=f"errors-time-machine-{epoch is not None}",
        on_change=lambda: _stand_at("" if epoch else str(epochs[-1])),
        help="The network as it was while it learned. Matrix, counts and gallery follow.",
    )
    if epoch is None:
        return
    key = f"errors-epoch-{run.id}-{epoch}"
    if len(epochs) > 1:
        st.select_slider("After epoch", epochs, epoch, key=key, on_change=lambda: _stand_at(str(st.session_state[key])))
    st.markdown(history_text(answers_by_epoch(run), mnist.load().test.labels, epoch))


def _stand_at(epoch: str) -> None:
    EPOCH.set(epoch)
    start_again()


def history_text(answers: dict[int, np.ndarray], labels: np.ndarray, epoch: int) -> str:
    """What changed in ``epoch``, one of those of ``answers``, and what became of the digits over all of them.

    ``answers``: uint8 (N,) each, by the epoch. ``labels``: uint8 (N,).
    """
    right = {each: answered == labels for each, answered in answers.items()}
    epochs = list(right)
    before = epochs[epochs.index(epoch) - 1] if epoch != epochs[0] else None
    counts = np.bincount(forgetting.histories(np.array(list(right.values()))), minlength=4)
    in_all = (
        f"Over all the epochs kept: {counts[forgetting.LEARNED]:,} digits learned, {counts[forgetting.FORGOTTEN]:,} "
        f"forgotten, {counts[forgetting.NEVER]:,} never learned, {counts[forgetting.ALWAYS]:,} always right."
    )
    if before is None:
        return f"The first epoch that was kept. {in_all}"
    gained, lost = right[epoch] & ~right[before], right[before] & ~right[epoch]
    return f"Since epoch {before}: **{gained.sum():,}** newly right, **{lost.sum():,}** newly wrong. {in_all}"


def marks(run: Run) -> np.ndarray | None:
    """The word for what became of each test digit: text (10000,); None while the time machine is off."""
    if epoch_on_view(run) is None:
        return None
    return np.array([WORDS[kind] for kind in sorted(WORDS)])[_histories(run)]


def in_group(run: Run) -> np.ndarray:
    """Which test digits are in the group that the filters name: bool (10000,); without snapshots none was learned."""
    group, size = GROUP.value, mnist.SIZES["test"]
    if group == ANY:
        return np.ones(size, bool)
    if group == "disputed":
        return np.isin(np.arange(size), DISPUTED)
    kinds = {word: kind for kind, word in WORDS.items()}
    return _histories(run) == kinds[group] if run.snapshots else np.zeros(size, bool)


def _histories(run: Run) -> np.ndarray:
    labels = mnist.load().test.labels
    return forgetting.histories(np.array([answered == labels for answered in answers_by_epoch(run).values()]))
