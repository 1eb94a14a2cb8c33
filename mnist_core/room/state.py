"""What the host has set for the room, as plain data: what is here needs no database."""

from dataclasses import dataclass
from pathlib import Path

from mnist_core import settings

FILE = "room.db"  # in the home folder, where that names no other database


@dataclass(frozen=True)
class RoomRound:
    """All draw ``digit`` at once; what the network reads stays hidden until the host has it ``revealed``."""

    id: str
    digit: int
    revealed: bool


@dataclass(frozen=True, kw_only=True)
class RoomState:
    """What holds for everyone.

    ``pinned``: the id of the run that all use who chose no other; ``watched``: of the one that is shown to all.
    """

    pinned: str | None = None
    watched: str | None = None
    paused: bool = False  # nobody draws, nothing is saved
    round: RoomRound | None = None


def has_room(home: Path) -> bool:
    """Whether there is a database to ask; a lab that nobody has used yet has none."""
    return settings.database_url() is not None or (home / FILE).exists()
