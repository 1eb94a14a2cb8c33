"""Display texts for digits, drawings, settings and durations."""

from typing import TYPE_CHECKING

from mnist_core.figures.architecture import ACTIVATION_NAMES

if TYPE_CHECKING:
    from mnist_core.room.drawings import StoredDrawing

SETTING_NAMES = ACTIVATION_NAMES | {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "one-cycle": "one cycle",
    "test": "the test set",
    "held-out": "digits held out",
    "fastest": "fastest here",
}


def with_article(digit: int) -> str:
    """Return ``digit`` with its article: "a 4", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def format_duration(seconds: float) -> str:
    """Return ``seconds`` in readable units: "8 s", "1 min 40 s", "12 min", "2 h 5 min"."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{max(whole, 1)} s" if seconds > 0 else "0 s"
    if whole < 600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def drawing_caption(stored: "StoredDrawing") -> str:
    """Return the label of a drawing, its prediction, and the name of its author."""
    unlabelled = "No digit" if stored.answer is not None else "Unknown"
    what = unlabelled if stored.label is None else str(stored.label)
    if stored.answer is None:
        read = "imported"
    else:
        read = "read right" if stored.answer == stored.label else f"read as {stored.answer}"
    return "\n".join(filter(None, [f"{what}, {read}", stored.nickname or stored.writer]))
