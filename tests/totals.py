"""A pytest plugin that reports the wall time and the processor time of the test run and its child processes."""

import ctypes
import os
import sys
import time
from contextlib import suppress

import pytest
from dask.system import cpu_count

try:
    import resource
except ImportError:  # not on Windows
    resource = None

SET_CHILD_SUBREAPER = 36  # a Linux prctl: orphaned descendants become children of this process, which counts their time

_STARTED_AT = time.monotonic()


def pytest_configure(config: pytest.Config) -> None:
    if _distributes(config) and sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _distributes(config):
        _reap_children()
    wall = f"Wall time {_format_minutes(time.monotonic() - _STARTED_AT)} on {cpu_count()} of {os.cpu_count()} cores"
    if resource is None:
        terminalreporter.write_line(f"{wall}.")
        return
    usages = [resource.getrusage(scope) for scope in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(each.ru_utime + each.ru_stime for each in usages)
    terminalreporter.write_line(f"{wall}, processor time of all processes {_format_minutes(processor)}.")


def _distributes(config: pytest.Config) -> bool:
    """Whether this is the xdist controller, which only distributes tests to workers."""
    return bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")


def _reap_children() -> None:
    """Wait for the children that have ended, including orphans: getrusage counts only those."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _format_minutes(seconds: float) -> str:
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
