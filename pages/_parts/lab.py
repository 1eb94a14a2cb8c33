"""What every page of this process shares: the engine of its home folder, the room's drawings, people and votes."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_core.engine.client import Engine
from mnist_core.runs import store

if TYPE_CHECKING:
    from mnist_core.room.database import Database
    from mnist_core.room.drawings import Drawings
    from mnist_core.room.people import People
    from mnist_core.room.votes import Votes


def engine() -> Engine:
    """The connection to this lab's engine, one for all sessions. Raises RunError when the home cannot be written."""
    return _engine(store.home())


@cache
def _engine(home: Path) -> Engine:
    return Engine(home)


# What is below is imported when first asked for: SQLAlchemy takes half a second that would keep the page waiting.


def room() -> "Drawings":
    """The room's drawings, for all sessions. Raises RoomError when their database is named wrongly."""
    return _room(store.home(), os.environ.get("DIGIT_LAB_DATABASE_URL"))


@cache
def _room(home: Path, address: str | None) -> "Drawings":
    from mnist_core.room.drawings import Drawings

    return Drawings(_database(home, address))


def people() -> "People":
    """The room's people, for all sessions. Raises as ``room`` does."""
    return _people(store.home(), os.environ.get("DIGIT_LAB_DATABASE_URL"))


@cache
def _people(home: Path, address: str | None) -> "People":
    from mnist_core.room.people import People

    return People(_database(home, address))


def votes() -> "Votes":
    """The room's votes, for all sessions. Raises as ``room`` does."""
    return _votes(store.home(), os.environ.get("DIGIT_LAB_DATABASE_URL"))


@cache
def _votes(home: Path, address: str | None) -> "Votes":
    from mnist_core.room.votes import Votes

    return Votes(_database(home, address))


@cache
def _database(home: Path, _: str | None) -> "Database":
    from mnist_core.room.database import open_database

    return open_database(home)
