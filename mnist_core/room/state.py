"""The room's settings as frozen dataclasses, importable without SQLAlchemy."""

from dataclasses import dataclass
from pathlib import Path

from mnist_core import settings

FILE = "room.db"  # in the home folder, unless $DIGIT_LAB_DATABASE_URL is set


@dataclass(frozen=True)
class RoomRound:
    """A group round: everyone draws ``digit``, and the predictions are hidden until the host reveals them."""

    id: str
    digit: int
    revealed: bool


@dataclass(frozen=True, kw_only=True)
class RoomState:
    """Settings that apply to everyone.

    ``pinned``: the id of the default run. ``watched``: the id of the run whose training is shown to everyone.
    """

    pinned: str | None = None
    watched: str | None = None
    paused: bool = False  # nobody can draw, and nothing is saved
    round: RoomRound | None = None


def has_room(home: Path) -> bool:
    """Whether the room's database exists; an unused home folder has none."""
    return settings.database_url() is not None or (home / FILE).exists()
