"""The host's settings, in the room's database: one row, which every session reads and only the desk changes."""

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mnist_core.room.database import Database, RoomError, Table, insert_into
from mnist_core.room.state import RoomRound, RoomState

ROW = 1
SECONDS_A_LOOK_HOLDS = 1.0  # thirty sessions ask at each stroke
SECONDS_TO_RECOVER = 10.0  # a database that does not answer can keep who asks it waiting for half of them


class StoredSettings(Table):
    """The room's one row of settings; none is the same as one that sets nothing."""

    __tablename__ = "settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    pinned: Mapped[str | None]
    watched: Mapped[str | None]
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    round: Mapped[str | None]
    digit: Mapped[int | None]  # that the round asks for
    revealed: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def state(self) -> RoomState:
        """The row as plain data."""
        asked = RoomRound(self.round, self.digit, self.revealed) if self.round is not None else None
        return RoomState(pinned=self.pinned, watched=self.watched, paused=self.paused, round=asked)


# For queries of other tables: the round whose answers nobody may see yet.
UNREVEALED = select(StoredSettings.round).where(StoredSettings.round.is_not(None), StoredSettings.revealed.is_(False))


class Settings:
    """The settings of a room, for all sessions of a process. Every method raises RoomError as the database does."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._known = RoomState()
        self._holds_until: float | None = None

    def now(self) -> RoomState:
        """What is set, as it was within the last second; one session at a time asks the database for all.

        After a failure the others see what was known before, for a while.
        """
        holds_until = self._holds_until
        first = holds_until is None
        if (first or self._clock() >= holds_until) and self._lock.acquire(blocking=first):
            try:
                if self._holds_until == holds_until:  # else somebody has looked meanwhile
                    self._look()
            finally:
                self._lock.release()
        return self._known

    def change(self, **values: Any) -> None:  # noqa: ANN401, StoredSettings' own columns
        """Set ``values``, columns of StoredSettings, or none; who may do so is the caller's to know."""
        with self._database.writing() as session:
            adding = insert_into(session, StoredSettings).values(id=ROW, **values)
            session.execute(adding.on_conflict_do_update(index_elements=["id"], set_={"id": ROW} | values))
        with self._lock:  # a look that began before the change must not be what is known after it
            self._holds_until = None

    def _look(self) -> None:
        self._holds_until = self._clock() + SECONDS_TO_RECOVER
        with self._database.reading() as session:
            self._known = state_in(session)
        self._holds_until = self._clock() + SECONDS_A_LOOK_HOLDS


def state_in(session: Session) -> RoomState:
    """What is set, for who has a session already and must see it with the rest."""
    stored = session.get(StoredSettings, ROW)
    return stored.state if stored else RoomState()


def refuse_while_paused(session: Session) -> None:
    """Raise RoomError when the host has paused drawing: what ``session`` would keep is not kept."""
    if state_in(session).paused:
        raise RoomError("The host has paused drawing. Nothing was saved.")
