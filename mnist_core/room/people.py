"""The room's people: their nicknames, and the deletion of their data.

A person is identified by a random key in a browser cookie; there are no accounts and no tracking.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from mnist_core.room.database import Database, Table, insert_into
from mnist_core.room.drawings import StoredDrawing
from mnist_core.room.nicknames import NicknameError, comparison_key, normalize_nickname
from mnist_core.room.votes import StoredVote, voter_of


class StoredNickname(Table):
    """A person's nickname."""

    __tablename__ = "nicknames"

    alike: Mapped[str] = mapped_column(primary_key=True)  # the nickname's ``comparison_key``
    nickname: Mapped[str]
    person: Mapped[str] = mapped_column(unique=True)


class People:
    """The people of a room. Every method raises RoomError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def nickname(self, person: str) -> str:
        """The nickname of ``person``, or an empty string."""
        return self.nicknames([person]).get(person, "")

    def nicknames(self, people: list[str]) -> dict[str, str]:
        """The nicknames by person, without people who have none."""
        query = select(StoredNickname.person, StoredNickname.nickname).where(StoredNickname.person.in_(people))
        with self._database.reading() as session:
            return {person: nickname for person, nickname in session.execute(query)}

    def set_nickname(self, person: str, nickname: str) -> str:
        """Set the nickname of ``person``, on existing drawings too, and return it normalized; empty removes it.

        Raises NicknameError when it is invalid or looks the same as another person's.
        """
        name = normalize_nickname(nickname) if nickname.strip() else ""
        with self._database.writing() as session:
            session.execute(delete(StoredNickname).where(StoredNickname.person == person))
            if name:
                values = {"alike": comparison_key(name), "nickname": name, "person": person}
                insert = insert_into(session, StoredNickname).values(values).on_conflict_do_nothing()
                if not session.execute(insert.returning(StoredNickname.person)).all():
                    raise NicknameError(f"Somebody in the room is called {name} already. Choose another nickname.")
            own = StoredDrawing.person == person
            session.execute(update(StoredDrawing).where(own).values(nickname=name or None))
        return name

    def delete_person(self, person: str) -> None:
        """Delete the nickname, all drawings and all votes of ``person``."""
        with self._database.writing() as session:
            for table in (StoredNickname, StoredDrawing):
                session.execute(delete(table).where(table.person == person))
            session.execute(delete(StoredVote).where(StoredVote.voter == voter_of(person)))
