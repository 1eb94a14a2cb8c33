"""Finding and starting the engine process: whether it is alive, its address, and why it ended."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from mnist_core import settings
from mnist_core.engine.shared import (
    ENGINE_FILE,
    LOCK_FILE,
    LOG_FILE,
    EngineError,
    EngineFacts,
    EngineNotReady,
    read_engine_facts,
)


class EngineProcess:
    """The engine process of one home folder; one client on this machine starts it, all others find it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._popen: subprocess.Popen[bytes] | None = None  # the engine that this object started

    @property
    def alive(self) -> bool:
        """Whether an engine holds the home's lock."""
        try:
            FileLock(self._home / LOCK_FILE).acquire(timeout=0).lock.release()
        except Timeout:
            return True
        except OSError:  # the home folder is deleted or not writable
            return False
        return False

    @property
    def address(self) -> str:
        """The address of its Dask scheduler. Raises EngineNotReady when it does not listen yet."""
        return self._facts().address

    def find(self) -> psutil.Process:
        """Find the process. Raises EngineNotReady when there is none."""
        try:
            return psutil.Process(self._facts().pid)
        except psutil.NoSuchProcess as error:
            raise EngineNotReady("There is no engine now.") from error

    def start(self) -> None:
        """Start the engine, unless it is starting already. Raises EngineError when it has ended with an error."""
        if self._popen is not None:
            status = self._popen.poll()
            if status is None:
                return
            if status > 0:
                raise EngineError(self._last_log_line())
        (self._home / ENGINE_FILE).unlink(missing_ok=True)
        with (self._home / LOG_FILE).open("wb") as log:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "mnist_core", "engine", "--leave-when-idle"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
                env=os.environ | {settings.HOME: str(self._home)},
                start_new_session=True,  # so that Ctrl-C in the app's terminal does not stop the engine
            )

    def reset(self) -> None:
        """Let ``start`` try again after the engine that this object started has ended."""
        if self._popen is not None and self._popen.poll() is not None:
            self._popen = None

    def _facts(self) -> EngineFacts:
        facts = read_engine_facts(self._home)
        if facts is None:
            raise EngineNotReady("There is no engine now.")
        return facts

    def _last_log_line(self) -> str:
        lines = (self._home / LOG_FILE).read_text(errors="replace").splitlines()
        return next(filter(None, reversed(lines)), "The engine ended without a word.")
