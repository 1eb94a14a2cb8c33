"""Presence: the people whose browser requested a page within the last minutes. Older rows are deleted."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from mnist_core.room.database import Database, Table, UtcDateTime, insert_into

PRESENCE_TIMEOUT = timedelta(minutes=10)


class StoredPresence(Table):
    """The time of a person's last request."""

    __tablename__ = "presence"

    person: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Presence:
    """The present people of a room. Every method raises RoomError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, person: str, at: datetime | None = None) -> None:
        """Store that ``person`` is present (``at``: by default now), and delete expired rows."""
        at = at or datetime.now(UTC)
        with self._database.writing() as session:
            session.execute(delete(StoredPresence).where(StoredPresence.at < at - PRESENCE_TIMEOUT))
            insert = insert_into(session, StoredPresence).values(person=person, at=at)
            session.execute(insert.on_conflict_do_update(index_elements=["person"], set_={"at": at}))

    def count_others(self, person: str, now: datetime | None = None) -> int:
        """The number of present people other than ``person``."""
        since = (now or datetime.now(UTC)) - PRESENCE_TIMEOUT
        query = select(func.count()).where(StoredPresence.at >= since, StoredPresence.person != person)
        with self._database.reading() as session:
            return session.scalars(query).one()
