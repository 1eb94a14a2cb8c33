"""What every page of this process shares: the engine of its home folder, and the room's drawings."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_core.engine.client import Engine
from mnist_core.runs import store

if TYPE_CHECKING:
    from mnist_core.room.drawings import Drawings


def engine() -> Engine:
    """The connection to this lab's engine, one for all sessions. Raises RunError when the home cannot be written."""
    return _engine(store.home())


@cache
def _engine(home: Path) -> Engine:
    return Engine(home)


def room() -> "Drawings":
    """The room's drawings, for all sessions. Raises RoomError when their database is named wrongly."""
    return _room(store.home(), os.environ.get("DIGIT_LAB_DATABASE_URL"))


@cache
def _room(home: Path, _: str | None) -> "Drawings":
    # Imported when first asked for: SQLAlchemy takes half a second that would keep the page waiting.
    from mnist_core.room.database import open_database
    from mnist_core.room.drawings import Drawings

    return Drawings(open_database(home))
