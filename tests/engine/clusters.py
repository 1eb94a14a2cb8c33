"""An external Dask cluster for tests: scheduler and workers are real processes on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from tests.waiting import wait_for, wait_until_ended


@contextmanager
def dask_cluster(folder: Path, *, workers: int) -> Iterator[str]:
    """Yields the address of a scheduler without Digit Lab on its path; the logs go to ``folder``."""
    address = folder / "scheduler.json"
    location_options = ["--scheduler-file", str(address), "--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        stack.enter_context(_dask("scheduler", [*location_options, "--port", "0"], folder))
        for _ in range(workers):
            stack.enter_context(_dask("worker", [*location_options, "--nthreads", "1"], folder))
        wait_for(address.exists)
        yield json.loads(address.read_text())["address"]


@contextmanager
def _dask(role: str, options: list[str], folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (folder / f"{role}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    yield
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    for child in children:
        with suppress(psutil.NoSuchProcess):  # it ended with its parent
            child.kill()
    wait_until_ended(children)
