"""The engine's process, seen from outside: whether it lives, where it listens, how it starts and why it ended."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock, Timeout

from mnist_core import settings
from mnist_core.engine.protocol import ADDRESS_FILE, LOCK_FILE, LOG_FILE, EngineError, EngineNotReady


class EngineProcess:
    """The engine of one home folder; one process of this machine starts it, all others find it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._started: subprocess.Popen | None = None  # by us

    @property
    def alive(self) -> bool:
        """Whether an engine holds the home's lock."""
        try:
            FileLock(self._home / LOCK_FILE).acquire(timeout=0).lock.release()
        except Timeout:
            return True
        except OSError:  # the home is gone, or cannot be written
            return False
        return False

    @property
    def address(self) -> str:
        """Where its scheduler listens. Raises EngineNotReady when it does not yet."""
        return self._facts()["address"]

    def find(self) -> psutil.Process:
        """The process itself. Raises EngineNotReady when there is none."""
        try:
            return psutil.Process(self._facts()["pid"])
        except psutil.NoSuchProcess as error:
            raise EngineNotReady("There is no engine now.") from error

    def start(self) -> None:
        """Start it, unless that was done a moment ago. Raises EngineError when it has ended with an error since."""
        if self._started is not None:
            status = self._started.poll()
            if status is None:
                return
            if status > 0:
                raise EngineError(self._last_log_line())
        (self._home / ADDRESS_FILE).unlink(missing_ok=True)
        with (self._home / LOG_FILE).open("wb") as log:
            self._started = subprocess.Popen(
                [sys.executable, "-m", "mnist_core", "engine", "--leave-when-idle"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
                env=os.environ | {settings.HOME: str(self._home)},
                start_new_session=True,  # a Ctrl-C in the app's terminal is not the engine's
            )

    def reset(self) -> None:
        """Let ``start`` try anew after an engine of ours has ended, however it did."""
        if self._started is not None and self._started.poll() is not None:
            self._started = None

    def _facts(self) -> dict[str, Any]:
        try:
            facts = json.loads((self._home / ADDRESS_FILE).read_text())
            return {name: facts[name] for name in ("pid", "address")}
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise EngineNotReady("There is no engine now.") from error

    def _last_log_line(self) -> str:
        lines = (self._home / LOG_FILE).read_text(errors="replace").splitlines()
        return next(filter(None, reversed(lines)), "The engine ended without a word.")
