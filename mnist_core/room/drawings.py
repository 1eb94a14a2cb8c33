"""The room's drawings: adding, correcting, deleting, querying, exporting and importing them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVarTuple
from uuid import uuid4

import numpy as np
from sqlalchemy import JSON, Select, String, delete, false, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mnist_core.config import SIDE
from mnist_core.digits import drawing_json
from mnist_core.digits.drawing import Drawing, DrawingError
from mnist_core.predictions import DigitPrediction
from mnist_core.room.database import Database, RoomError, Table, UtcDateTime, insert_into
from mnist_core.room.drawing_export import exported, parts
from mnist_core.room.drawing_import import ImportResult, ParsedDrawing, check_size, clean_nickname, parse_drawings
from mnist_core.room.settings import UNREVEALED, refuse_while_paused, state_in

FEEDBACK, ROUND, IMPORT = "told", "round", "import"  # sources of drawings, as stored
MAX_QUERY_PARAMETERS = 1_000  # of a query; the limit of older SQLite versions
ROWS_PER_FETCH = 100  # of an export in parts: not all drawings are in memory at once

Columns = TypeVarTuple("Columns")


class StoredDrawing(Table):
    """A drawing of the room. An imported one has no prediction and no person."""

    __tablename__ = "drawings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    strokes: Mapped[list[list[list[float]]]] = mapped_column(JSON)
    canvas: Mapped[int]
    brush: Mapped[float]
    pixels: Mapped[bytes]  # uint8 28×28, row by row
    label: Mapped[int | None] = mapped_column(index=True)  # None: no digit; for an imported one: unknown
    answer: Mapped[int | None]
    probabilities: Mapped[list[float] | None] = mapped_column(JSON(none_as_null=True))
    run: Mapped[str | None]  # the id of the predicting run; it may be deleted
    run_name: Mapped[str | None]
    nickname: Mapped[str | None]
    person: Mapped[str | None]  # the owner, who may change it
    writer: Mapped[str | None]  # the author in an imported file
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    source: Mapped[str]
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())  # by the host; the owner still sees it
    round: Mapped[str | None]  # the id of the group round

    @property
    def digit(self) -> np.ndarray:
        """The network's input: uint8 (28, 28), 0 background, 255 ink."""
        return np.frombuffer(self.pixels, np.uint8).reshape(SIDE, SIDE)

    @property
    def drawing(self) -> Drawing:
        """The original strokes, with the label."""
        strokes = tuple(np.array(stroke, dtype=np.float64) for stroke in self.strokes)
        return Drawing(strokes, canvas=self.canvas, brush=self.brush, label=self.label)


LABELLED = StoredDrawing.label.is_not(None)
REVEALED = or_(StoredDrawing.round.is_(None), StoredDrawing.round.not_in(UNREVEALED))
VISIBLE = StoredDrawing.hidden.is_(False) & REVEALED


@dataclass(frozen=True)
class DrawingSummary:
    """The columns of a drawing that are small or can change: no strokes, no pixels."""

    id: str
    label: int | None
    answer: int | None
    probabilities: list[float] | None
    nickname: str | None
    source: str

    @property
    def confidence(self) -> float:
        """The probability of the predicted digit, 0 to 1; 0 without a prediction."""
        return max(self.probabilities or [0.0])

    @property
    def no_digit(self) -> bool:
        """Whether its author labelled it "no digit"; imported drawings without a label may be anything."""
        return self.label is None and self.source != IMPORT

    @property
    def misread(self) -> bool:
        """Whether its prediction differs from its label; False without a prediction."""
        return self.answer is not None and self.answer != self.label


class Drawings:
    """All drawings of a room. Hidden ones are visible to their owners only, and not used for training.

    Every method raises RoomError when the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        drawing: Drawing,
        digit: np.ndarray,
        prediction: DigitPrediction,
        *,
        source: str,
        person: str,
        nickname: str,
        round_: str | None = None,
    ) -> str:
        """Store ``drawing`` with its true label and return its id. ``digit``: the network's input, uint8 (28, 28).

        ``source``: FEEDBACK or ROUND. ``round_``: the id of the group round, which accepts one drawing per person.
        Raises RoomError when the drawing is too large, drawing is paused, or the round is over.
        """
        try:
            check_size(drawing)
        except DrawingError as error:
            raise RoomError(f"This drawing cannot be kept: {error}.") from error
        stored = StoredDrawing(
            **_columns(drawing, digit),
            id=uuid4().hex,
            answer=prediction.answer,
            probabilities=prediction.probabilities.tolist(),
            run=prediction.run,
            run_name=prediction.name,
            nickname=clean_nickname(nickname),
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
        """Change the label of ``person``'s drawing, None: no digit. Raises RoomError when it does not exist."""
        own = (StoredDrawing.id == drawing_id, StoredDrawing.person == person)
        with self._database.writing() as session:
            corrected = update(StoredDrawing).where(*own).values(label=label).returning(StoredDrawing.id)
            if session.scalar(corrected) is None:
                raise RoomError("This drawing is not in the room any more.")

    def delete_own(self, drawing_id: str, *, person: str) -> None:
        """Delete ``person``'s drawing if it exists."""
        own = (StoredDrawing.id == drawing_id, StoredDrawing.person == person)
        with self._database.writing() as session:
            session.execute(delete(StoredDrawing).where(*own))

    def hide(self, drawing_id: str, *, hidden: bool = True) -> None:
        """Hide a drawing from everyone but its owner, or show it again. The caller must check the host's permission."""
        with self._database.writing() as session:
            session.execute(update(StoredDrawing).where(StoredDrawing.id == drawing_id).values(hidden=hidden))

    def drawn_by(self, person: str) -> list[StoredDrawing]:
        """The drawings of ``person``, newest first, with hidden ones but without those of an unrevealed round."""
        query = _newest_first(select(StoredDrawing)).where(StoredDrawing.person == person, REVEALED)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def hidden(self) -> list[StoredDrawing]:
        """The hidden drawings, newest first. The caller must check the host's permission."""
        query = _newest_first(select(StoredDrawing)).where(StoredDrawing.hidden.is_(True))
        with self._database.reading() as session:
            return list(session.scalars(query))

    def participants(self, round_: str) -> list[str]:
        """The ids of the people with a drawing in this group round."""
        query = select(StoredDrawing.person).where(StoredDrawing.round == round_)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def in_round(self, round_: str) -> list[StoredDrawing]:
        """The drawings of this group round, newest first; empty until it is revealed."""
        query = _newest_first(select(StoredDrawing)).where(StoredDrawing.round == round_, VISIBLE)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def counts(self) -> np.ndarray:
        """The number of drawings with each label: int64 (10,)."""
        counts = np.zeros(10, np.int64)
        query = select(StoredDrawing.label, func.count()).where(LABELLED, VISIBLE).group_by(StoredDrawing.label)
        with self._database.reading() as session:
            for label, count in session.execute(query):
                counts[label] = count
        return counts

    def newest(self, limit: int, *, label: int | None = None) -> list[StoredDrawing]:
        """The newest drawings, newest first, at most ``limit``; with ``label``, only of this digit."""
        query = _newest_first(select(StoredDrawing)).where(VISIBLE).limit(limit)
        if label is not None:
            query = query.where(StoredDrawing.label == label)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def summaries(self, limit: int | None = None) -> list[DrawingSummary]:
        """Summaries of the newest drawings, newest first, at most ``limit``."""
        columns = (getattr(StoredDrawing, each.name) for each in fields(DrawingSummary))
        query = _newest_first(select(*columns)).where(VISIBLE).limit(limit)
        with self._database.reading() as session:
            return [DrawingSummary(*row) for row in session.execute(query)]

    def digits(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The network's input by drawing id, uint8 (28, 28) each, for those of ``ids`` that are visible."""
        digits: dict[str, np.ndarray] = {}
        with self._database.reading() as session:
            for start in range(0, len(ids), MAX_QUERY_PARAMETERS):
                part = StoredDrawing.id.in_(ids[start : start + MAX_QUERY_PARAMETERS])
                for id_, pixels in session.execute(select(StoredDrawing.id, StoredDrawing.pixels).where(part, VISIBLE)):
                    digits[id_] = np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE)
        return digits

    def find(self, drawing_id: str) -> StoredDrawing | None:
        """The drawing with this id, or None when it does not exist or is hidden."""
        with self._database.reading() as session:
            return session.scalar(select(StoredDrawing).where(StoredDrawing.id == drawing_id, VISIBLE))

    def labelled(self) -> list[StoredDrawing]:
        """All drawings with a label, newest first."""
        query = _newest_first(select(StoredDrawing)).where(LABELLED, VISIBLE)
        with self._database.reading() as session:
            return list(session.scalars(query))

    def export(self) -> bytes:
        """All drawings as JSON, newest first; each with its id, time, nickname and writer."""
        return drawing_json.dump(map(exported, self._stream()))

    def export_parts(self, *, max_drawings: int) -> Iterator[bytes]:
        """The drawings of ``export`` as files of up to ``max_drawings``, each within the limits of ``import_json``."""
        return map(drawing_json.dump, parts(self._stream(), max_drawings))

    def _stream(self) -> Iterator[StoredDrawing]:
        query = _newest_first(select(StoredDrawing)).where(VISIBLE).execution_options(yield_per=ROWS_PER_FETCH)
        with self._database.reading() as session:
            yield from session.scalars(query)

    def import_json(self, content: bytes, *, name: str) -> ImportResult:
        """Import the drawings of a JSON file called ``name``; drawings with a known id are not changed.

        Raises DrawingError for an invalid drawing, or RoomError when drawing is paused; then nothing is stored.
        """
        parsed_drawings = parse_drawings(content, name=name)
        if not parsed_drawings:
            return ImportResult(0, 0)
        rows = [_imported(parsed) for parsed in parsed_drawings]
        with self._database.writing() as session:
            refuse_while_paused(session)
            insert = insert_into(session, StoredDrawing).on_conflict_do_nothing().returning(StoredDrawing.id)
            added = len(session.execute(insert, rows).all())
        return ImportResult(added, len(parsed_drawings) - added)


def _check_round(session: Session, round_: str, person: str) -> None:
    current = state_in(session).round
    if current is None or current.id != round_ or current.revealed:
        raise RoomError("This round is over. Your drawing was not handed in.")
    own = select(StoredDrawing.id).where(StoredDrawing.round == round_, StoredDrawing.person == person)
    if session.scalar(own):
        raise RoomError("You have handed in a drawing for this round already.")


def _newest_first(query: Select[*Columns]) -> Select[*Columns]:
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
