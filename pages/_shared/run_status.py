"""The states of a run in words, and when one is worth looking at again."""

from dataclasses import dataclass

from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING, Status


@dataclass(frozen=True)
class Words:
    """A state's name, icon and colour, as Streamlit knows them."""

    name: str
    icon: str
    colour: str


STATES = {
    QUEUED: Words("waiting in line", ":material/hourglass_empty:", "gray"),
    RUNNING: Words("training", ":material/play_arrow:", "blue"),
    PAUSED: Words("paused", ":material/pause:", "orange"),
    FINISHED: Words("finished", ":material/check:", "green"),
    CANCELLED: Words("cancelled", ":material/stop:", "gray"),
    FAILED: Words("failed", ":material/error:", "red"),
    INTERRUPTED: Words("interrupted", ":material/power_off:", "orange"),
}


def is_live(status: Status) -> bool:
    """Whether something may happen at any moment: it waits, trains, or is paused with its trainer at hand."""
    return status.state == QUEUED or status.has_trainer
