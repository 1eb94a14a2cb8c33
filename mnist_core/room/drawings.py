"""The room's drawings: kept, corrected, taken back, counted, and handed on in the exchange format."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np
from sqlalchemy import JSON, Select, String, delete, false, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mnist_core.digits import drawing_json
from mnist_core.digits.drawing import Drawing, DrawingError
from mnist_core.digits.normalization import SIDE
from mnist_core.room.database import Database, Moment, RoomError, Table, insert_into
from mnist_core.room.drawing_import import ParsedDrawing, check_size, parse_drawings, tidy
from mnist_core.room.settings import UNREVEALED, refuse_while_paused, state_in

FEEDBACK, ROUND, IMPORT = "told", "round", "import"  # where a drawing comes from
MOST_PARAMETERS = 1_000  # of a query; older SQLites take no more


@dataclass(frozen=True)
class Answer:
    """What a network made of a drawing. ``probabilities``: float (10,), rows sum to 1; ``run`` is the run's id."""

    probabilities: np.ndarray
    run: str
    name: str

    @property
    def digit(self) -> int:
        """The digit that it read."""
        return int(self.probabilities.argmax())


class StoredDrawing(Table):
    """A drawing of the room. An imported one has no answer, and nobody here has drawn it."""

    __tablename__ = "drawings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    strokes: Mapped[list[list[list[float]]]] = mapped_column(JSON)
    canvas: Mapped[int]
    brush: Mapped[float]
    pixels: Mapped[bytes]  # the 28×28 digit, row by row
    label: Mapped[int | None] = mapped_column(index=True)  # None: no digit; of an imported one: unknown
    answer: Mapped[int | None]
    probabilities: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True))
    run: Mapped[str | None]  # the id of the run that answered; it may be gone
    run_name: Mapped[str | None]
    nickname: Mapped[str | None]
    person: Mapped[str | None]  # who may change it
    writer: Mapped[str | None]  # as an imported file names who drew it
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    source: Mapped[str]
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())  # by the host; its owner still sees it
    round: Mapped[str | None]  # the id of the host's round that it was drawn in

    @property
    def digit(self) -> np.ndarray:
        """What the network saw: uint8 (28, 28), 0 background, 255 ink."""
        return np.frombuffer(self.pixels, np.uint8).reshape(SIDE, SIDE)

    @property
    def drawing(self) -> Drawing:
        """Strokes and label, as they were drawn."""
        strokes = tuple(np.array(stroke, dtype=np.float64) for stroke in self.strokes)
        return Drawing(strokes, canvas=self.canvas, brush=self.brush, label=self.label)


LABELLED = StoredDrawing.label.is_not(None)
REVEALED = or_(StoredDrawing.round.is_(None), StoredDrawing.round.not_in(UNREVEALED))
SHOWN = StoredDrawing.hidden.is_(False) & REVEALED


@dataclass(frozen=True)
class DrawingSummary:
    """A drawing without its strokes and pixels: what may have changed since one has seen it last."""

    id: str
    label: int | None
    answer: int | None
    probabilities: list[float] | None
    nickname: str | None
    source: str

    @property
    def sure(self) -> float:
        """The probability, 0 to 1, that the network gave its answer; 0 where it gave none."""
        return max(self.probabilities or [0.0])

    @property
    def no_digit(self) -> bool:
        """Whether who drew it said that it is none; a file's drawings without a label may be anything."""
        return self.label is None and self.source != IMPORT

    @property
    def misread(self) -> bool:
        """Whether a network read it, and not as what it is."""
        return self.answer is not None and self.answer != self.label


@dataclass(frozen=True)
class Imported:
    """What became of a file: ``added`` drawings are new, ``known`` ones were here already."""

    added: int
    known: int


class Drawings:
    """All drawings of a room. Hidden ones are told to their owners alone, and nothing learns from them.

    Every method raises RoomError when the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        drawing: Drawing,
        digit: np.ndarray,
        answer: Answer,
        *,
        source: str,
        person: str,
        nickname: str,
        round_: str | None = None,
    ) -> str:
        """Keep ``drawing``, its label being what it should have been; returns its id.

        ``digit``: uint8 (28, 28), what the network saw. ``source``: TOLD or ROUND; ``round_``: the id of the host's
        round, which takes one drawing of each person. Raises RoomError when it is too large to be kept, when the host
        has paused drawing, or when the round takes it no more.
        """
        try:
            check_size(drawing)
        except DrawingError as error:
            raise RoomError(f"This drawing cannot be kept: {error}.") from error
        stored = StoredDrawing(
            **_columns(drawing, digit),
            id=uuid4().hex,
            answer=answer.digit,
            probabilities=answer.probabilities.tolist(),
            run=answer.run,
            run_name=answer.name,
            nickname=tidy(nickname),
            person=person,
            at=datetime.now(UTC),
            source=source,
            round=round_,
        )
        with self._database.writing() as session:
            refuse_while_paused(session)
            if round_ is not None:
                _check_round(session, round_, person)
            session.add(stored)
        return stored.id

    def correct(self, drawing_id: str, label: int | None, *, person: str) -> None:
        """Change what one's own drawing should have been, None for no digit. Raises RoomError when it is gone."""
        own = (StoredDrawing.id == drawing_id, StoredDrawing.person == person)
        with self._database.writing() as session:
            if not session.execute(update(StoredDrawing).where(*own).values(label=label)).rowcount:
                raise RoomError("This drawing is not in the room any more.")

    def take_back(self, drawing_id: str, *, person: str) -> None:
        """Delete one's own drawing, if it is still there."""
        own = (StoredDrawing.id == drawing_id, StoredDrawing.person == person)
        with self._database.writing() as session:
            session.execute(delete(StoredDrawing).where(*own))

    def hide(self, drawing_id: str, *, hidden: bool = True) -> None:
        """Take a drawing out of the room's sight, or bring it back; who may do so is the caller's to know."""
        with self._database.writing() as session:
            session.execute(update(StoredDrawing).where(StoredDrawing.id == drawing_id).values(hidden=hidden))

    def drawn_by(self, person: str) -> list[StoredDrawing]:
        """One's own drawings, newest first, hidden ones among them, but none whose answer the host still hides."""
        query = _newest_first(select(StoredDrawing)).where(StoredDrawing.person == person, REVEALED)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def hidden(self) -> list[StoredDrawing]:
        """What the host has hidden, newest first; who may see it is the caller's to know."""
        query = _newest_first(select(StoredDrawing)).where(StoredDrawing.hidden.is_(True))
        with self._database.reading() as session:
            return list(session.scalars(query))

    def handed_in(self, round_: str) -> list[str]:
        """Who has drawn in this round of the host's, by their ids."""
        query = select(StoredDrawing.person).where(StoredDrawing.round == round_)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def of_round(self, round_: str) -> list[StoredDrawing]:
        """What was drawn in this round of the host's, newest first; nothing before it is revealed."""
        query = _newest_first(select(StoredDrawing)).where(StoredDrawing.round == round_, SHOWN)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def counts(self) -> np.ndarray:
        """How many drawings the room has of each digit, by their labels: int64 (10,)."""
        counts = np.zeros(10, np.int64)
        query = select(StoredDrawing.label, func.count()).where(LABELLED, SHOWN).group_by(StoredDrawing.label)
        with self._database.reading() as session:
            for label, count in session.execute(query):
                counts[label] = count
        return counts

    def newest(self, most: int, *, label: int | None = None) -> list[StoredDrawing]:
        """The newest drawings first, at most so many; of one digit with ``label``."""
        query = _newest_first(select(StoredDrawing)).where(SHOWN).limit(most)
        if label is not None:
            query = query.where(StoredDrawing.label == label)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def summaries(self, most: int | None = None) -> list[DrawingSummary]:
        """The newest drawings first, at most so many, without what makes them large."""
        columns = (getattr(StoredDrawing, each.name) for each in fields(DrawingSummary))
        query = _newest_first(select(*columns)).where(SHOWN).limit(most)
        with self._database.reading() as session:
            return [DrawingSummary(*row) for row in session.execute(query)]

    def digits(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """What the network saw of those of ``ids`` that are there, by id: uint8 (28, 28) each."""
        found: dict[str, np.ndarray] = {}
        with self._database.reading() as session:
            for start in range(0, len(ids), MOST_PARAMETERS):
                some = StoredDrawing.id.in_(ids[start : start + MOST_PARAMETERS])
                for id_, pixels in session.execute(select(StoredDrawing.id, StoredDrawing.pixels).where(some, SHOWN)):
                    found[id_] = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE)
        return found

    def find(self, drawing_id: str) -> StoredDrawing | None:
        """A drawing by its id; None when it is not there any more, or hidden."""
        with self._database.reading() as session:
            return session.scalar(select(StoredDrawing).where(StoredDrawing.id == drawing_id, SHOWN))

    def labelled(self) -> list[StoredDrawing]:
        """All drawings whose digit is known, newest first."""
        query = _newest_first(select(StoredDrawing)).where(LABELLED, SHOWN)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def export(self, *, skip: int = 0, most: int | None = None) -> bytes:
        """All drawings in the exchange format, newest first, with id, time, nickname and writer.

        In parts: without the newest ``skip``, and at most so many.
        """
        query = _newest_first(select(StoredDrawing)).where(SHOWN).offset(skip).limit(most)
        with self._database.reading() as session:
            return drawing_json.dump(map(_exported, session.scalars(query)))

    def take_in(self, content: bytes, *, name: str) -> Imported:
        """Keep the drawings of a file of the exchange format, called ``name``; those that are here stay as they are.

        Raises DrawingError, which names the first broken drawing and its fault, and RoomError when the host has paused
        drawing; nothing is kept then.
        """
        coming = parse_drawings(content, name=name)
        if not coming:
            return Imported(0, 0)
        rows = [_imported(parsed) for parsed in coming]
        with self._database.writing() as session:
            refuse_while_paused(session)
            adding = insert_into(session, StoredDrawing).on_conflict_do_nothing().returning(StoredDrawing.id)
            added = len(session.execute(adding, rows).all())
        return Imported(added, len(coming) - added)


def _check_round(session: Session, round_: str, person: str) -> None:
    asked = state_in(session).round
    if asked is None or asked.id != round_ or asked.revealed:
        raise RoomError("This round is over. Your drawing was not handed in.")
    own = select(StoredDrawing.id).where(StoredDrawing.round == round_, StoredDrawing.person == person)
    if session.scalar(own):
        raise RoomError("You have handed in a drawing for this round already.")


def _newest_first(query: Select) -> Select:
    return query.order_by(StoredDrawing.at.desc(), StoredDrawing.id)


def _columns(drawing: Drawing, digit: np.ndarray) -> dict[str, Any]:
    return drawing_json.to_json(drawing) | {"pixels": digit.tobytes()}


def _imported(parsed: ParsedDrawing) -> dict[str, Any]:
    return _columns(parsed.drawing, parsed.digit) | {
        "id": parsed.id,
        "nickname": parsed.nickname,
        "writer": parsed.writer,
        "at": parsed.at or datetime.now(UTC),
        "source": IMPORT,
    }


def _exported(stored: StoredDrawing) -> dict[str, Any]:
    further = {"id": stored.id, "at": stored.at.isoformat(), "nickname": stored.nickname, "writer": stored.writer}
    return drawing_json.to_json(stored.drawing) | {key: value for key, value in further.items() if value is not None}
