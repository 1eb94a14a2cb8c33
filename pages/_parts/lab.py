"""What every page of this process shares: the engine of its home folder."""

from functools import cache
from pathlib import Path

from mnist_core.engine.client import Engine
from mnist_core.runs import store


def engine() -> Engine:
    """The connection to this lab's engine, one for all sessions. Raises RunError when the home cannot be written."""
    return _engine(store.home())


@cache
def _engine(home: Path) -> Engine:
    return Engine(home)
