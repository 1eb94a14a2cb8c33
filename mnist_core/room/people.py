"""The room's people: what each is called, and how all that is theirs is deleted.

A person is a key that a browser keeps: there is no account, and nothing follows anybody around.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from mnist_core.room.database import Database, Table, insert_into
from mnist_core.room.drawings import StoredDrawing
from mnist_core.room.nicknames import NicknameError, alike, checked
from mnist_core.room.votes import StoredVote, voter_of


class StoredNickname(Table):
    """What a person is called."""

    __tablename__ = "nicknames"

    alike: Mapped[str] = mapped_column(primary_key=True)  # the same for all names that look the same
    nickname: Mapped[str]
    person: Mapped[str] = mapped_column(unique=True)


class People:
    """All people of a room that have a nickname. Every method raises RoomError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def nickname(self, person: str) -> str:
        """What ``person`` is called; empty for who has given no name."""
        return self.nicknames([person]).get(person, "")

    def nicknames(self, people: list[str]) -> dict[str, str]:
        """What those of ``people`` are called who have given a name, by person."""
        query = select(StoredNickname.person, StoredNickname.nickname).where(StoredNickname.person.in_(people))
        with self._database.reading() as session:
            return {who: nickname for who, nickname in session.execute(query)}

    def call(self, person: str, nickname: str) -> str:
        """Call ``person`` so, on their earlier drawings too, and return the name as it is kept; empty takes it away.

        Raises NicknameError when it cannot be one, or when somebody in the room has one that looks the same.
        """
        name = checked(nickname) if nickname.strip() else ""
        with self._database.writing() as session:
            session.execute(delete(StoredNickname).where(StoredNickname.person == person))
            if name:
                values = {"alike": alike(name), "nickname": name, "person": person}
                adding = insert_into(session, StoredNickname).values(values).on_conflict_do_nothing()
                if not session.execute(adding.returning(StoredNickname.person)).all():
                    raise NicknameError(f"Somebody in the room is called {name} already. Choose another nickname.")
            own = StoredDrawing.person == person
            session.execute(update(StoredDrawing).where(own).values(nickname=name or None))
        return name

    def forget(self, person: str) -> None:
        """Delete the nickname, all drawings and all votes of ``person``."""
        with self._database.writing() as session:
            for table in (StoredNickname, StoredDrawing):
                session.execute(delete(table).where(table.person == person))
            session.execute(delete(StoredVote).where(StoredVote.voter == voter_of(person)))
