"""The room's votes on what test digits show: one for each person and digit, to be changed or withdrawn."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import CheckConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from mnist_core.room.database import Database, Table, insert_into

CANNOT_TELL = 10  # the column of ``Votes.counts`` beside those of the ten digits


class StoredVote(Table):
    """What a person reads in a digit of the test set."""

    __tablename__ = "votes"
    __table_args__ = (CheckConstraint("digit BETWEEN 0 AND 9"),)  # which None passes

    person: Mapped[str] = mapped_column(primary_key=True)
    test_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    digit: Mapped[int | None]  # None: this person cannot tell


class Votes:
    """All votes of a room. Every method raises RoomError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vote(self, test_index: int, digit: int | None, *, person: str) -> None:
        """Have ``person`` read ``digit``, 0 to 9 or None for "cannot tell", in place of what they said before."""
        with self._database.writing() as session:
            adding = insert_into(session, StoredVote).values(person=person, test_index=test_index, digit=digit)
            keys = (StoredVote.person, StoredVote.test_index)
            session.execute(adding.on_conflict_do_update(index_elements=keys, set_={"digit": digit}))

    def withdraw(self, test_indices: Sequence[int], *, person: str) -> None:
        """Delete the votes of ``person`` on these digits, as far as there are any."""
        own = (StoredVote.person == person, StoredVote.test_index.in_(test_indices))
        with self._database.writing() as session:
            session.execute(delete(StoredVote).where(*own))

    def cast_by(self, person: str) -> dict[int, int | None]:
        """What ``person`` read, by the index in the test set; None where they could not tell."""
        query = select(StoredVote.test_index, StoredVote.digit).where(StoredVote.person == person)
        with self._database.reading() as session:
            return {index: digit for index, digit in session.execute(query)}

    def counts(self, test_indices: Sequence[int]) -> np.ndarray:
        """How many read what in each of these digits: int64 (N, 11), a column a digit, the last for "cannot tell"."""
        rows = {index: row for row, index in enumerate(test_indices)}
        counts = np.zeros((len(test_indices), CANNOT_TELL + 1), np.int64)
        query = (
            select(StoredVote.test_index, StoredVote.digit, func.count())
            .where(StoredVote.test_index.in_(test_indices))
            .group_by(StoredVote.test_index, StoredVote.digit)
        )
        with self._database.reading() as session:
            for index, digit, count in session.execute(query):
                counts[rows[index], CANNOT_TELL if digit is None else digit] = count
        return counts
