"""Wait for a condition instead of sleeping."""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], object], *, seconds: float = 120) -> None:
    """Return as soon as ``condition`` holds; fail when it does not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} seconds in vain"
        time.sleep(0.05)
