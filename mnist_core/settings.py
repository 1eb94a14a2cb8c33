"""All environment variables that Digit Lab reads, with their defaults. They are read at each call.

The libraries have variables of their own; docs and deploy/ name those that matter.
"""

import os
from pathlib import Path

HOME = (
    "DIGIT_LAB_HOME"  # the lab's home folder: runs, the room's database, logs; default: lab/ in the working directory
)
DATABASE_URL = (
    "DIGIT_LAB_DATABASE_URL"  # the room's database, postgresql:// or sqlite:///; default: room.db in the home
)
SCHEDULER = "DIGIT_LAB_SCHEDULER"  # address of a Dask scheduler to join; default: start workers on this machine
HOST_PASSWORD = "DIGIT_LAB_HOST_PASSWORD"  # default: generated in the home folder
SUSPEND_AFTER = "DIGIT_LAB_PARK_AFTER"  # seconds of a pause after which a run is suspended; default: 60


def home() -> Path:
    """The absolute path of the lab's home folder. ``runs.store.prepare_home`` creates it."""
    return Path(os.environ.get(HOME) or "lab").resolve()


def database_url() -> str | None:
    """The URL of the room's database, or None for the file in the home folder."""
    return os.environ.get(DATABASE_URL) or None


def scheduler() -> str | None:
    """The address of the Dask scheduler to join, or None to start workers on this machine."""
    return os.environ.get(SCHEDULER) or None


def host_password() -> str | None:
    """The host's password, or None if it is generated in the home folder."""
    return os.environ.get(HOST_PASSWORD) or None


def suspend_after() -> float:
    """Seconds of a pause after which a run is suspended, to free its worker. Raises ValueError."""
    return float(os.environ.get(SUSPEND_AFTER) or 60)
