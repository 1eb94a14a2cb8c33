"""The room's votes on what test digits show: one for each person and digit, to be changed or withdrawn."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import CheckConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from mnist_core.digits.mnist import SIZES
from mnist_core.errors import LabError
from mnist_core.room.database import Database, Table, insert_into

CANNOT_TELL = 10  # the column of ``Votes.counts`` beside those of the ten digits
FORMAT = '{"voter": 32 hexadecimal digits, "test_index": 947, "digit": 9 or null}'


class VoteError(LabError):
    """A file that holds no votes."""


class StoredVote(Table):
    """What a person reads in a digit of the test set."""

    __tablename__ = "votes"
    __table_args__ = (CheckConstraint("digit BETWEEN 0 AND 9"),)  # which None passes

    voter: Mapped[str] = mapped_column("person", primary_key=True)  # as ``voter_of`` tells
    test_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    digit: Mapped[int | None]  # None: this person cannot tell


def voter_of(person: str) -> str:
    """How votes name ``person``: who reads them, here or in a file, cannot act as that person."""
    return hashlib.sha256(person.encode()).hexdigest()[:32]


class Votes:
    """All votes of a room. Every method raises RoomError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vote(self, test_index: int, digit: int | None, *, person: str) -> None:
        """Have ``person`` read ``digit``, 0 to 9 or None for "cannot tell", in place of what they said before."""
        with self._database.writing() as session:
            adding = insert_into(session, StoredVote).values(voter=voter_of(person), test_index=test_index, digit=digit)
            keys = (StoredVote.voter, StoredVote.test_index)
            session.execute(adding.on_conflict_do_update(index_elements=keys, set_={"digit": digit}))

    def withdraw(self, test_indices: Sequence[int], *, person: str) -> None:
        """Delete the votes of ``person`` on these digits, as far as there are any."""
        own = (StoredVote.voter == voter_of(person), StoredVote.test_index.in_(test_indices))
        with self._database.writing() as session:
            session.execute(delete(StoredVote).where(*own))

    def cast_by(self, person: str) -> dict[int, int | None]:
        """What ``person`` read, by the index in the test set; None where they could not tell."""
        query = select(StoredVote.test_index, StoredVote.digit).where(StoredVote.voter == voter_of(person))
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

    def export(self) -> bytes:
        """All votes as a JSON list of objects, each as FORMAT has it."""
        columns = (StoredVote.voter, StoredVote.test_index, StoredVote.digit)
        query = select(*columns).order_by(StoredVote.voter, StoredVote.test_index)
        with self._database.reading() as session:
            return json.dumps([dict(row) for row in session.execute(query).mappings()]).encode()

    def take_in(self, content: bytes, *, name: str) -> None:
        """Keep the votes of a file, called ``name``, that ``export`` made; what its voters said here since stays.

        Raises VoteError when it is no such file; nothing is kept then.
        """
        votes = _parse(content, name)
        if votes:
            with self._database.writing() as session:
                session.execute(insert_into(session, StoredVote).on_conflict_do_nothing(), votes)


def _parse(content: bytes, name: str) -> list[dict[str, Any]]:
    try:
        votes = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise VoteError(f"{name} cannot be read as JSON: {error}.") from error
    if not isinstance(votes, list) or not all(map(_is_vote, votes)):
        raise VoteError(f"{name} should hold a list of votes: [{FORMAT}, ...].")
    return votes


def _is_vote(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != {"voter", "test_index", "digit"}:
        return False
    voter, index, digit = value["voter"], value["test_index"], value["digit"]
    return (
        isinstance(voter, str)
        and re.fullmatch("[0-9a-f]{32}", voter) is not None
        and type(index) is int
        and 0 <= index < SIZES["test"]
        and (digit is None or (type(digit) is int and 0 <= digit <= 9))
    )
