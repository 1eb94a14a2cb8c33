"""Who is in the room: people whose browser has asked for a page lately. Older traces are deleted."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from mnist_core.room.database import Database, Moment, Table, insert_into

LATELY = timedelta(minutes=10)


class StoredPresence(Table):
    """When a person was seen last."""

    __tablename__ = "presence"

    person: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class Presence:
    """The people of a room who are in. Every method raises RoomError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, person: str, at: datetime | None = None) -> None:
        """``person`` is here (``at``: now); who was not seen lately is forgotten."""
        at = at or datetime.now(UTC)
        with self._database.writing() as session:
            session.execute(delete(StoredPresence).where(StoredPresence.at < at - LATELY))
            adding = insert_into(session, StoredPresence).values(person=person, at=at)
            session.execute(adding.on_conflict_do_update(index_elements=["person"], set_={"at": at}))

    def others(self, person: str, now: datetime | None = None) -> int:
        """How many are in besides ``person``."""
        since = (now or datetime.now(UTC)) - LATELY
        query = select(func.count()).where(StoredPresence.at >= since, StoredPresence.person != person)
        with self._database.reading() as session:
            return session.scalar(query)
