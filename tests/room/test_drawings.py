"""Tests of the room's drawings, with SQLite and PostgreSQL."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sqlalchemy import delete, make_url

from mnist_core.digits import drawing_json
from mnist_core.digits.drawing import Drawing
from mnist_core.room import drawing_export, drawing_import
from mnist_core.room.database import Database, RoomError
from mnist_core.room.drawing_import import rasterizing_seconds
from mnist_core.room.drawings import FEEDBACK, IMPORT, Drawings, ImportResult, StoredDrawing
from tests.drawn import ANSWER, DIGIT, SEVEN, add

ROOT = Path(__file__).parents[2]
PROCESSES, PEOPLE, DRAWINGS_PER_PERSON = 2, 15, 4


def test_a_drawing_is_stored_with_all_its_fields(room):
    before = datetime.now(UTC)
    drawing_id = add(room, label=1)
    (stored,) = room.newest(5)
    assert stored.id == drawing_id
    assert stored.drawing.label == stored.label == 1
    assert (stored.canvas, stored.brush) == (280, 20)
    assert_array_equal(stored.drawing.strokes[0], SEVEN.strokes[0])
    assert_array_equal(stored.digit, DIGIT)
    assert (stored.answer, stored.run, stored.run_name) == (7, ANSWER.run, "book")
    assert stored.probabilities == ANSWER.probabilities.tolist()
    assert (stored.nickname, stored.person, stored.source) == ("Ada", "ada", FEEDBACK)
    assert before <= stored.at <= datetime.now(UTC)
    assert stored.at.utcoffset().total_seconds() == 0


def test_a_new_room_is_empty(room):
    assert room.counts().tolist() == [0] * 10
    assert room.newest(5) == room.labelled() == json.loads(room.export()) == []


def test_drawings_are_counted_and_selected_by_label(room):
    drawing_ids = [add(room, label=label) for label in (3, 4, 4)]
    assert room.counts().tolist() == [0, 0, 0, 1, 2, 0, 0, 0, 0, 0]
    assert [stored.id for stored in room.newest(2)] == [drawing_ids[2], drawing_ids[1]]
    assert [stored.id for stored in room.newest(5, label=3)] == [drawing_ids[0]]
    assert [drawing.label for drawing in room.labelled()] == [4, 4, 3]


def test_a_person_corrects_and_deletes_own_drawings_only(room):
    drawing_id = add(room)
    room.correct(drawing_id, 1, person="ada")
    assert room.counts()[1] == 1
    with pytest.raises(RoomError, match="not in the room any more"):
        room.correct(drawing_id, 2, person="bob")
    room.delete_own(drawing_id, person="bob")
    assert room.counts()[1] == 1
    room.delete_own(drawing_id, person="ada")
    room.delete_own(drawing_id, person="ada")
    assert room.counts().sum() == 0


def test_a_drawing_with_too_many_points_raises_room_error(room):
    scribble = Drawing((np.full((6_000, 2), 100.0),), label=3)
    with pytest.raises(RoomError, match="6,000 points"):
        room.add(scribble, DIGIT, ANSWER, source=FEEDBACK, person="ada", nickname="")


# Each process opens the database, so they also create its tables at the same time.
PROGRAM = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from sqlalchemy import delete, make_url
from mnist_core.room.database import Database
from mnist_core.room.drawings import Drawings
from tests.drawn import add

room = Drawings(Database(make_url(sys.argv[1])))

def person(number):
    for label in range({DRAWINGS_PER_PERSON}):
        add(room, label=label, person=str(number))
        assert room.counts()[label] > 0

with ThreadPoolExecutor({PEOPLE}) as people:
    list(people.map(person, range({PEOPLE})))
"""


@pytest.mark.usefixtures("processes")
def test_thirty_people_draw_at_once_and_every_drawing_is_stored(url, room):
    command = [sys.executable, "-c", PROGRAM, url]
    running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    errors = [process.communicate()[1] for process in running]
    assert errors == [""] * PROCESSES
    assert room.counts().tolist() == [PROCESSES * PEOPLE] * DRAWINGS_PER_PERSON + [0] * (10 - DRAWINGS_PER_PERSON)


def test_an_exported_room_is_imported_unchanged_and_only_once(room, tmp_path):
    add(room, label=1)
    add(room, label=7, nickname="")
    exported = room.export()
    assert room.import_json(exported, name="room.json") == ImportResult(added=0, known=2)
    other = Drawings(Database(make_url(f"sqlite:///{tmp_path / 'other.db'}")))
    assert other.import_json(exported, name="room.json") == ImportResult(added=2, known=0)
    assert other.export() == exported
    assert {stored.source for stored in other.newest(5)} == {IMPORT}
    assert other.newest(1)[0].answer is None
    assert other.newest(1)[0].person is None


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_SECONDS"])
def test_a_room_that_exceeds_a_files_limit_is_exported_in_parts_that_can_be_imported(
    room, tmp_path, monkeypatch, limit
):
    drawing_ids = [add(room, label=label) for label in range(5)]
    of_one_drawing = {"MAX_BYTES": len(room.export()) / 5, "MAX_SECONDS": rasterizing_seconds(SEVEN)}[limit]
    for module in (drawing_export, drawing_import):
        monkeypatch.setattr(module, limit, 2.5 * of_one_drawing)
    parts = list(room.export_parts(max_drawings=100))
    assert [[each["id"] for each in json.loads(part)] for part in parts] == [
        drawing_ids[:2:-1],
        drawing_ids[2:0:-1],
        drawing_ids[:1],
    ]
    with pytest.raises(drawing_json.DrawingError, match="Import it in parts"):
        room.import_json(room.export(), name="room.json")
    other = Drawings(Database(make_url(f"sqlite:///{tmp_path / 'other.db'}")))
    assert [other.import_json(part, name="part.json").added for part in parts] == [2, 2, 1]


def test_a_part_of_an_export_has_the_given_number_of_drawings_at_most(room):
    assert list(room.export_parts(max_drawings=2)) == []
    for label in range(5):
        add(room, label=label)
    room.hide(room.newest(1)[0].id)
    assert [len(json.loads(part)) for part in room.export_parts(max_drawings=2)] == [2, 2]
    assert [len(json.loads(part)) for part in room.export_parts(max_drawings=100)] == [4]


def test_a_drawing_above_a_files_limit_has_a_part_of_its_own(room, monkeypatch):
    """An older version may have stored it."""
    monkeypatch.setattr(drawing_export, "MAX_SECONDS", 0.5 * rasterizing_seconds(SEVEN))
    for label in range(3):
        add(room, label=label)
    assert [len(json.loads(part)) for part in room.export_parts(max_drawings=100)] == [1, 1, 1]


def test_a_file_without_ids_is_recognized_when_imported_again(room):
    values = [drawing_json.to_json(SEVEN) | {"writer": 17, "id": 3}, drawing_json.to_json(replace(SEVEN, label=None))]
    content = json.dumps([*values, values[0]]).encode()
    assert room.import_json(content, name="pens.json") == ImportResult(added=2, known=1)
    assert room.import_json(content, name="pens.json") == ImportResult(added=0, known=3)
    assert room.counts().tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert [stored.writer for stored in room.newest(5, label=7)] == ["17"]
    assert len(room.labelled()) == 1


def test_two_people_importing_the_same_file_at_once_create_no_duplicates(url, room):
    content = json.dumps([drawing_json.to_json(replace(SEVEN, brush=brush)) for brush in range(5, 55)]).encode()
    with closing(Database(make_url(url))) as database, ThreadPoolExecutor(2) as people:
        other = Drawings(database)
        results = list(people.map(lambda drawings: drawings.import_json(content, name="pens.json"), (room, other)))
    assert sorted(result.added + result.known for result in results) == [50, 50]
    assert room.counts()[7] == sum(result.added for result in results) == 50


def test_an_import_with_one_broken_drawing_stores_none(room):
    content = json.dumps([drawing_json.to_json(SEVEN), {"label": 3, "strokes": [[[1, 2, 3]]]}]).encode()
    with pytest.raises(drawing_json.DrawingError, match=r"Drawing 2 in pens\.json"):
        room.import_json(content, name="pens.json")
    assert room.newest(5) == []


coordinates = st.floats(0, 280).map(lambda value: round(value, 2))
strokes = st.lists(
    st.lists(st.tuples(coordinates, coordinates).map(list), min_size=1, max_size=6), min_size=1, max_size=3
)
names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
times = st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC)).map(datetime.isoformat)
objects = st.fixed_dictionaries(
    {
        "label": st.none() | st.integers(0, 9),
        "strokes": strokes,
        "canvas": st.integers(280, 1024),
        "brush": st.floats(5, 50),
        "at": times,
    },
    optional={"nickname": names, "writer": names},
)


def without_ids(content: bytes) -> set[str]:
    drawings = [{key: value for key, value in item.items() if key != "id"} for item in json.loads(content)]
    return {json.dumps(drawing, sort_keys=True) for drawing in drawings}


@given(values=st.lists(objects, max_size=4))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_valid_drawings_survive_import_and_export_unchanged(database, room, values):
    with database.writing() as session:
        session.execute(delete(StoredDrawing))
    room.import_json(drawing_json.dump(values), name="written.json")
    assert without_ids(room.export()) == {json.dumps(each, sort_keys=True) for each in values}
    assert room.import_json(room.export(), name="exported.json").added == 0


def test_a_hidden_drawing_is_returned_only_to_its_author_until_it_is_shown_again(room):
    hidden, shown = add(room, label=1), add(room, label=2)
    room.hide(hidden)
    assert [stored.id for stored in room.newest(5)] == [stored.id for stored in room.labelled()] == [shown]
    assert room.counts().tolist() == [0, 0, 1] + [0] * 7
    assert len(json.loads(room.export())) == 1
    assert {stored.id for stored in room.drawn_by("ada")} == {hidden, shown}
    room.hide(hidden, hidden=False)
    assert room.counts()[1] == 1


def test_summaries_have_the_boards_fields_and_exclude_hidden_drawings(room):
    first, second, hidden = add(room, label=7), add(room, label=1), add(room, label=2)
    room.hide(hidden)
    newest, oldest = room.summaries()
    assert (newest.id, newest.label, newest.answer, newest.nickname) == (second, 1, 7, "Ada")
    assert newest.confidence == pytest.approx(0.919)
    assert (newest.misread, oldest.misread, newest.no_digit) == (True, False, False)
    assert [summary.id for summary in room.summaries(1)] == [second]
    digits = room.digits([first, hidden, "gone"])
    assert list(digits) == [first]
    assert_array_equal(digits[first], DIGIT)
    assert room.find(first).id == first
    assert room.find(hidden) is None
