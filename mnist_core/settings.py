"""All environment variables that Digit Lab reads, with their defaults. They are read at each call.

The libraries have variables of their own; docs/environment.md and deploy/ name those that matter.
"""

import os
from pathlib import Path

from platformdirs import user_data_path

from mnist_core.installation import INSTALLED

# The lab's home folder: runs, the room's database, logs. Default: in a checkout lab/ in the working directory; where
# Digit Lab is installed, digit-lab/ among the user's data.
HOME = "DIGIT_LAB_HOME"
# The room's database, postgresql:// or sqlite:///. Default: room.db in the home folder.
DATABASE_URL = "DIGIT_LAB_DATABASE_URL"
# The address of a Dask scheduler to join. Default: workers are started on this machine.
SCHEDULER = "DIGIT_LAB_SCHEDULER"
# Default: generated in the home folder.
HOST_PASSWORD = "DIGIT_LAB_HOST_PASSWORD"
# Seconds of a pause after which a run is suspended. Default: 60.
SUSPEND_AFTER = "DIGIT_LAB_PARK_AFTER"


def home() -> Path:
    """The absolute path of the lab's home folder. ``runs.store.prepare_home`` creates it."""
    default = user_data_path("digit-lab", appauthor=False) if INSTALLED else "lab"
    return Path(os.environ.get(HOME) or default).resolve()


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
