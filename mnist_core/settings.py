"""Every environment variable that Digit Lab reads, with its default and its meaning. Each is read when it is asked for.

The libraries below have variables of their own; docs and deploy/ name those that matter.
"""

import os
from pathlib import Path

HOME = (
    "DIGIT_LAB_HOME"  # the lab's home folder: runs, the room's database, logs; default: lab/ in the working directory
)
DATABASE_URL = (
    "DIGIT_LAB_DATABASE_URL"  # the room's database, postgresql:// or sqlite:///; default: room.db in the home
)
SCHEDULER = "DIGIT_LAB_SCHEDULER"  # address of a Dask scheduler to join; default: workers are started on this machine
HOST_PASSWORD = "DIGIT_LAB_HOST_PASSWORD"  # default: one is made in the home folder
SUSPEND_AFTER = "DIGIT_LAB_PARK_AFTER"  # seconds of a pause after which a run gives its worker to others; default: 60


def home() -> Path:
    """The lab's home folder, absolute. Nothing is created: ``runs.store.prepare_home`` does that at start."""
    return Path(os.environ.get(HOME) or "lab").resolve()


def database_url() -> str | None:
    """The address of the room's database, or None for the file in the home folder."""
    return os.environ.get(DATABASE_URL) or None


def scheduler() -> str | None:
    """The address of the Dask scheduler to join, or None to start workers on this machine."""
    return os.environ.get(SCHEDULER) or None


def host_password() -> str | None:
    """The host's password, or None where one is made in the home folder."""
    return os.environ.get(HOST_PASSWORD) or None


def suspend_after() -> float:
    """Seconds of a pause after which a run is suspended and its worker trains others. Raises ValueError."""
    return float(os.environ.get(SUSPEND_AFTER) or 60)
