"""The home folder in tests/data, written by commit 576c06e, for tests that stored names stay readable.

It has a run in each state, and a room with seven drawings by two people (one hidden, one of an active round), three
votes, a pinned run, and an export of all that.
"""

import zipfile
from pathlib import Path

ARCHIVE = Path(__file__).parent / "data/home-576c06e.zip"


def unpack_stored_home(folder: Path) -> Path:
    """Unpack the home folder into ``folder``, and return it."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder)
    return folder
