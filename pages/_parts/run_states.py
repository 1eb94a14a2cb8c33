"""The states of a run in words, and when one is worth looking at again."""

from dataclasses import dataclass

from mnist_core.runs.run import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING, Status


@dataclass(frozen=True)
class Words:
    """A state's name, icon and colour, as Streamlit knows them, and what it means where that is not plain."""

    name: str
    icon: str
    colour: str
    meaning: str = ""


STATES = {
    QUEUED: Words("waiting in line", ":material/hourglass_empty:", "gray"),
    RUNNING: Words("training", ":material/play_arrow:", "blue"),
    PAUSED: Words("paused", ":material/pause:", "orange"),
    FINISHED: Words("finished", ":material/check:", "green"),
    CANCELLED: Words("cancelled", ":material/stop:", "gray", "What it had learned is kept, the best epoch of it."),
    FAILED: Words("failed", ":material/error:", "red"),
    INTERRUPTED: Words(
        "interrupted",
        ":material/power_off:",
        "orange",
        "Whoever trained it is gone. It can go on from its last saved state.",
    ),
}


def moves(status: Status) -> bool:
    """Whether something may happen at any moment: it waits, trains, or is paused with its trainer at hand."""
    return status.state in (QUEUED, RUNNING, PAUSED) and not status.parked
