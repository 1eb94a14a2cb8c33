"""A Dask cluster of somebody else's: scheduler and workers as real processes, on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from tests.waiting import wait_for, wait_until_gone


@contextmanager
def dask_cluster(folder: Path, *, workers: int) -> Iterator[str]:
    """The address of its scheduler; nothing there knows of Digit Lab. ``folder`` gets its logs."""
    address = folder / "scheduler.json"
    where = ["--scheduler-file", str(address), "--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        stack.enter_context(_dask("scheduler", [*where, "--port", "0"], folder))
        for _ in range(workers):
            stack.enter_context(_dask("worker", [*where, "--nthreads", "1"], folder))
        wait_for(address.exists)
        yield json.loads(address.read_text())["address"]


@contextmanager
def _dask(role: str, options: list[str], folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (folder / f"{role}.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    yield
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    for each in family:
        with suppress(psutil.NoSuchProcess):  # it has followed its parent
            each.kill()
    wait_until_gone(family)
