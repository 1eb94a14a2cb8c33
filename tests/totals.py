"""The last lines of a run of the whole suite: its wall time, and the processor time of all that it started."""

import ctypes
import os
import sys
import time
from contextlib import suppress

import pytest
from dask.system import cpu_count

try:
    import resource
except ImportError:  # Windows tells no process what its children took
    resource = None

SET_CHILD_SUBREAPER = 36  # Linux' prctl: orphans below become children of this process, so that their time is known

_started = time.monotonic()


def pytest_configure(config: pytest.Config) -> None:
    if _distributes(config) and sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _distributes(config):
        _collect_children()
    wall = f"Wall time {_minutes(time.monotonic() - _started)} on {cpu_count()} of {os.cpu_count()} cores"
    if resource is None:
        terminalreporter.write_line(f"{wall}.")
        return
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(each.ru_utime + each.ru_stime for each in used)
    terminalreporter.write_line(f"{wall}, processor time of all processes {_minutes(processor)}.")


def _distributes(config: pytest.Config) -> bool:
    """Whether this process only hands tests to others (xdist)."""
    return bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")


def _collect_children() -> None:
    """Wait for the children that have ended, orphans among them: only then their time counts."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _minutes(seconds: float) -> str:
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
