"""The host's settings: one row in the room's database, read by every session, written by HostActions only."""

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mnist_core.room.database import Database, RoomError, Table, insert_into
from mnist_core.room.state import RoomRound, RoomState

ROW_ID = 1
CACHE_SECONDS = 1.0  # about thirty sessions read the settings at each stroke
RETRY_SECONDS = 10.0  # after an error; a read can wait 5 seconds for a server that does not respond


class StoredSettings(Table):
    """The room's only row of settings; without it the defaults apply."""

    __tablename__ = "settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    pinned: Mapped[str | None]
    watched: Mapped[str | None]
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    round: Mapped[str | None]
    digit: Mapped[int | None]  # the digit to draw in the round
    revealed: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def state(self) -> RoomState:
        """The row as a frozen dataclass."""
        room_round = None
        if self.round is not None and self.digit is not None:
            room_round = RoomRound(self.round, self.digit, self.revealed)
        return RoomState(pinned=self.pinned, watched=self.watched, paused=self.paused, round=room_round)


# For queries of other tables: the id of the round whose predictions are still hidden.
UNREVEALED = select(StoredSettings.round).where(StoredSettings.round.is_not(None), StoredSettings.revealed.is_(False))


class Settings:
    """The settings of a room, shared by all sessions of a process. Every method raises RoomError on database errors."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._cached = RoomState()
        self._expires_at: float | None = None

    def now(self) -> RoomState:
        """The settings, at most CACHE_SECONDS old; one thread at a time reads the database for all.

        After a failed read the other threads get the previous settings for RETRY_SECONDS.
        """
        expires_at = self._expires_at
        expired = expires_at is None or self._clock() >= expires_at
        if expired and self._lock.acquire(blocking=expires_at is None):
            try:
                if self._expires_at == expires_at:  # else another thread has just refreshed
                    self._refresh()
            finally:
                self._lock.release()
        return self._cached

    def change(self, **values: Any) -> None:  # noqa: ANN401, StoredSettings' own columns
        """Set ``values``, columns of StoredSettings; may be empty. The caller must check the host's permission."""
        with self._database.writing() as session:
            insert = insert_into(session, StoredSettings).values(id=ROW_ID, **values)
            session.execute(insert.on_conflict_do_update(index_elements=["id"], set_={"id": ROW_ID} | values))
        with self._lock:  # discards the result of a read that began before the change
            self._expires_at = None

    def _refresh(self) -> None:
        self._expires_at = self._clock() + RETRY_SECONDS
        with self._database.reading() as session:
            self._cached = state_in(session)
        self._expires_at = self._clock() + CACHE_SECONDS


def state_in(session: Session) -> RoomState:
    """The settings, read in the transaction of ``session``."""
    stored = session.get(StoredSettings, ROW_ID)
    return stored.state if stored else RoomState()


def refuse_while_paused(session: Session) -> None:
    """Raise RoomError when the host has paused drawing, which rolls ``session`` back."""
    if state_in(session).paused:
        raise RoomError("The host has paused drawing. Nothing was saved.")
