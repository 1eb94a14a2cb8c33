"""The home folder in tests/data, which commit 576c06e wrote: stored names stay readable when the code's names change.

It has runs of all states (finished, cancelled, failed, paused, queued, running with an old heartbeat), and a room with
seven drawings by two people, one of them hidden and one of a round that is on, three votes, a pinned run, and an export
of all that.
"""

import zipfile
from pathlib import Path

ARCHIVE = Path(__file__).parent / "data/home-576c06e.zip"


def unpack_stored_home(folder: Path) -> Path:
    """The home folder, unpacked into ``folder``."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder)
    return folder
