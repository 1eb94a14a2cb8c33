"""Wait for a condition instead of sleeping."""

import time
from collections.abc import Callable, Iterable

import psutil


def wait_for(condition: Callable[[], object], *, seconds: float = 120) -> None:
    """Return as soon as ``condition`` holds; fail when it does not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} seconds in vain"
        time.sleep(0.05)


def wait_until_gone(processes: Iterable[psutil.Process], *, seconds: float = 30) -> None:
    """Fail when one of them is left; what is dead and not yet buried by process 1 counts as gone."""
    wait_for(lambda: not any(map(_lives, processes)), seconds=seconds)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
