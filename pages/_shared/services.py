"""Objects that all sessions share: the engine client, and the services of the room's database."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_core import settings
from mnist_core.engine.client import EngineClient
from mnist_core.errors import LabError
from mnist_core.host.auth import HostAuthenticator, HostToken, host_password
from mnist_core.room.state import RoomState, has_room
from mnist_core.runs import store

if TYPE_CHECKING:
    from mnist_core.host.actions import HostActions
    from mnist_core.room.database import Database
    from mnist_core.room.drawings import Drawings
    from mnist_core.room.people import People
    from mnist_core.room.presence import Presence
    from mnist_core.room.settings import Settings
    from mnist_core.room.votes import Votes


def ensure_home() -> None:
    """Prepare the home folder with ``store.prepare_home``, once per process. Raises RunError until that succeeds."""
    _ensure_home(settings.home())


@cache
def _ensure_home(_: Path) -> None:
    store.prepare_home()


def engine() -> EngineClient:
    """Return the client of this lab's engine, one for all sessions."""
    return _engine(settings.home())


@cache
def _engine(home: Path) -> EngineClient:
    return EngineClient(home)


def authenticator() -> HostAuthenticator:
    """Return the host authenticator, one for all sessions. Raises HostError when there is no password."""
    home = settings.home()
    return _authenticator(host_password(home))


@cache
def _authenticator(password: str) -> HostAuthenticator:
    return HostAuthenticator(password)


# The functions below import when they are called: SQLAlchemy takes half a second, which would delay the first page.
# All sessions share the database and the settings; the other objects have no state.


def stored_drawings() -> "Drawings":
    """Return the room's drawings, for all sessions. Raises RoomError when the database URL is invalid."""
    from mnist_core.room.drawings import Drawings

    return Drawings(_database())


def people() -> "People":
    """Return the room's people, for all sessions. Raises as ``stored_drawings`` does."""
    from mnist_core.room.people import People

    return People(_database())


def presence() -> "Presence":
    """Return the record of present people, for all sessions. Raises as ``stored_drawings`` does."""
    from mnist_core.room.presence import Presence

    return Presence(_database())


def room_state() -> RoomState:
    """Return what the host has set for the room, at most one second old.

    Returns the default state when the database cannot be used: saving shows that error.
    """
    if not has_room(settings.home()):
        return RoomState()
    try:
        return _settings(_database()).now()
    except LabError:
        return RoomState()


@cache
def _settings(database: "Database") -> "Settings":
    from mnist_core.room.settings import Settings

    return Settings(database)


def host_actions(token: HostToken | None) -> "HostActions":
    """Return the host's actions to whoever has the host's ``token``.

    Raises HostError without a valid one, and HostError and RoomError as ``authenticator`` and ``stored_drawings`` do.
    """
    from mnist_core.host.actions import HostActions

    database = _database()
    return HostActions(token, authenticator(), settings.home(), database, _settings(database))


def votes() -> "Votes":
    """Return the room's votes, for all sessions. Raises as ``stored_drawings`` does."""
    from mnist_core.room.votes import Votes

    return Votes(_database())


def _database() -> "Database":
    return _open_database(settings.home(), settings.database_url())


@cache
def _open_database(home: Path, _: str | None) -> "Database":
    from mnist_core.room.database import open_database

    return open_database(home)
