"""The network of everyone who chose no other."""

from pathlib import Path

from mnist_core.room.state import RoomState
from mnist_core.runs import store
from mnist_core.runs.run import Run, RunError


def everyones_run(state: RoomState, home: Path) -> Run | None:
    """The run that the host has pinned, else the app's default, or None where none ships.

    A pinned one that is gone, or has no network, counts as none.
    """
    if state.pinned is not None:
        try:
            pinned = store.find(state.pinned, home)
        except RunError:
            return store.default_run()
        if pinned.has_model:
            return pinned
    return store.default_run()
