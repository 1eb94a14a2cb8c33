"""The room's votes on the true labels of test digits: one vote per person and digit."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import ConfigDict, FailFast, Field, TypeAdapter, ValidationError
from sqlalchemy import CheckConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from mnist_core.digits.mnist import SIZES
from mnist_core.errors import LabError, one_line
from mnist_core.room.database import Database, Table, insert_into

CANNOT_TELL = 10  # its column in ``Votes.counts``
VOTE_FORMAT = '{"voter": 32 hexadecimal digits, "test_index": 947, "digit": 9 or null}'


class VoteError(LabError):
    """The file is no export of votes."""


@dataclass(frozen=True, kw_only=True)
class Vote:
    """A vote in a file, see VOTE_FORMAT."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    voter: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]  # the result of ``voter_of``
    test_index: Annotated[int, Field(ge=0, lt=SIZES["test"])]
    digit: Annotated[int, Field(ge=0, le=9)] | None  # None: this person cannot tell


VOTES_JSON = TypeAdapter(Annotated[list[Vote], FailFast()])  # the first invalid vote ends it: there may be millions


class StoredVote(Table):
    """A person's vote on the label of a test digit."""

    __tablename__ = "votes"
    __table_args__ = (CheckConstraint("digit BETWEEN 0 AND 9"),)  # NULL satisfies it

    voter: Mapped[str] = mapped_column("person", primary_key=True)  # the result of ``voter_of``
    test_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    digit: Mapped[int | None]  # None: this person cannot tell


def voter_of(person: str) -> str:
    """The pseudonym of ``person`` in votes, 32 hexadecimal digits; the person's key cannot be derived from it."""
    return hashlib.sha256(person.encode()).hexdigest()[:32]


class Votes:
    """All votes of a room. Every method raises RoomError when the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def vote(self, test_index: int, digit: int | None, *, person: str) -> None:
        """Store or replace the vote of ``person``: ``digit`` 0 to 9, or None for "cannot tell"."""
        with self._database.writing() as session:
            insert = insert_into(session, StoredVote).values(voter=voter_of(person), test_index=test_index, digit=digit)
            keys = (StoredVote.voter, StoredVote.test_index)
            session.execute(insert.on_conflict_do_update(index_elements=keys, set_={"digit": digit}))

    def withdraw(self, test_indices: Sequence[int], *, person: str) -> None:
        """Delete any votes of ``person`` on these digits."""
        own = (StoredVote.voter == voter_of(person), StoredVote.test_index.in_(test_indices))
        with self._database.writing() as session:
            session.execute(delete(StoredVote).where(*own))

    def cast_by(self, person: str) -> dict[int, int | None]:
        """The votes of ``person`` by test index; None for "cannot tell"."""
        query = select(StoredVote.test_index, StoredVote.digit).where(StoredVote.voter == voter_of(person))
        with self._database.reading() as session:
            return {index: digit for index, digit in session.execute(query)}

    def counts(self, test_indices: Sequence[int]) -> np.ndarray:
        """The votes on each of these digits: int64 (N, 11), columns for the digits 0 to 9 and "cannot tell"."""
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
        """All votes as a JSON list of objects in VOTE_FORMAT."""
        columns = (StoredVote.voter, StoredVote.test_index, StoredVote.digit)
        query = select(*columns).order_by(StoredVote.voter, StoredVote.test_index)
        with self._database.reading() as session:
            return json.dumps([dict(row) for row in session.execute(query).mappings()]).encode()

    def import_json(self, content: bytes, *, name: str) -> None:
        """Import the votes of a file called ``name`` that ``export`` made; existing votes are not changed.

        Raises VoteError when the file is invalid; then nothing is stored.
        """
        votes = _parse(content, name)
        if votes:
            with self._database.writing() as session:
                session.execute(
                    insert_into(session, StoredVote).on_conflict_do_nothing(), [vars(vote) for vote in votes]
                )


def _parse(content: bytes, name: str) -> list[Vote]:
    try:
        return VOTES_JSON.validate_json(content, strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        reason = one_line(problem["msg"])
        if problem["type"] == "json_invalid":
            raise VoteError(f"{name} cannot be read as JSON: {reason}.") from error
        index = next(iter(problem["loc"]), None)
        prefix = f"Vote {index + 1}: " if isinstance(index, int) else ""
        raise VoteError(f"{name} should hold a list of votes, [{VOTE_FORMAT}, ...]. {prefix}{reason}.") from error
