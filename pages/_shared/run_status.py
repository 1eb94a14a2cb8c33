"""The display names of a run's states, and whether a run can still change."""

from dataclasses import dataclass

from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING, Status


@dataclass(frozen=True)
class StateLabel:
    """The display name, icon and colour of a state, as Streamlit writes them."""

    name: str
    icon: str
    colour: str


STATES = {
    QUEUED: StateLabel("waiting in line", ":material/hourglass_empty:", "gray"),
    RUNNING: StateLabel("training", ":material/play_arrow:", "blue"),
    PAUSED: StateLabel("paused", ":material/pause:", "orange"),
    FINISHED: StateLabel("finished", ":material/check:", "green"),
    CANCELLED: StateLabel("cancelled", ":material/stop:", "gray"),
    FAILED: StateLabel("failed", ":material/error:", "red"),
    INTERRUPTED: StateLabel("interrupted", ":material/power_off:", "orange"),
}


def is_live(status: Status) -> bool:
    """Return whether the run may change at any moment: it is queued, trains, or is paused with a live trainer."""
    return status.state == QUEUED or status.has_trainer
