"""The room's drawings, on both kinds of database."""

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
from mnist_core.room.database import Database, RoomError
from mnist_core.room.drawings import FEEDBACK, IMPORT, Drawings, Imported, StoredDrawing
from tests.drawn import ANSWER, DIGIT, SEVEN, add

ROOT = Path(__file__).parents[2]
PROCESSES, PEOPLE, EACH = 2, 15, 4


def test_a_drawing_is_kept_with_all_that_is_known_of_it(room):
    before = datetime.now(UTC)
    added = add(room, label=1)
    (stored,) = room.newest(5)
    assert stored.id == added
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


def test_drawings_are_counted_and_found_by_what_they_should_have_been(room):
    added = [add(room, label=label) for label in (3, 4, 4)]
    assert room.counts().tolist() == [0, 0, 0, 1, 2, 0, 0, 0, 0, 0]
    assert [stored.id for stored in room.newest(2)] == [added[2], added[1]]
    assert [stored.id for stored in room.newest(5, label=3)] == [added[0]]
    assert [drawing.label for drawing in room.labelled()] == [4, 4, 3]


def test_one_corrects_and_takes_back_ones_own_and_nobody_elses(room):
    added = add(room)
    room.correct(added, 1, person="ada")
    assert room.counts()[1] == 1
    with pytest.raises(RoomError, match="not in the room any more"):
        room.correct(added, 2, person="bob")
    room.take_back(added, person="bob")
    assert room.counts()[1] == 1
    room.take_back(added, person="ada")
    room.take_back(added, person="ada")
    assert room.counts().sum() == 0


def test_a_drawing_of_endless_scribble_is_refused(room):
    scribble = Drawing((np.full((6_000, 2), 100.0),), label=3)
    with pytest.raises(RoomError, match="6,000 points"):
        room.add(scribble, DIGIT, ANSWER, source=FEEDBACK, person="ada", nickname="")


# Each process opens the database anew, so they make its tables at once too.
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
    for label in range({EACH}):
        add(room, label=label, person=str(number))
        assert room.counts()[label] > 0

with ThreadPoolExecutor({PEOPLE}) as people:
    list(people.map(person, range({PEOPLE})))
"""


@pytest.mark.usefixtures("processes")
def test_thirty_people_draw_at_once_and_nothing_is_lost(url, room):
    asked = [sys.executable, "-c", PROGRAM, url]
    running = [subprocess.Popen(asked, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    told = [process.communicate()[1] for process in running]
    assert told == [""] * PROCESSES
    assert room.counts().tolist() == [PROCESSES * PEOPLE] * EACH + [0] * (10 - EACH)


def test_what_is_exported_comes_back_the_same_and_only_once(room, tmp_path):
    add(room, label=1)
    add(room, label=7, nickname="")
    exported = room.export()
    assert room.take_in(exported, name="room.json") == Imported(added=0, known=2)
    other = Drawings(Database(make_url(f"sqlite:///{tmp_path / 'other.db'}")))
    assert other.take_in(exported, name="room.json") == Imported(added=2, known=0)
    assert other.export() == exported
    assert {stored.source for stored in other.newest(5)} == {IMPORT}
    assert other.newest(1)[0].answer is None
    assert other.newest(1)[0].person is None


def test_a_file_from_elsewhere_is_known_when_it_comes_again(room):
    values = [drawing_json.to_json(SEVEN) | {"writer": 17, "id": 3}, drawing_json.to_json(replace(SEVEN, label=None))]
    content = json.dumps([*values, values[0]]).encode()
    assert room.take_in(content, name="pens.json") == Imported(added=2, known=1)
    assert room.take_in(content, name="pens.json") == Imported(added=0, known=3)
    assert room.counts().tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert [stored.writer for stored in room.newest(5, label=7)] == ["17"]
    assert len(room.labelled()) == 1


def test_two_people_importing_the_same_file_make_no_doubles(url, room):
    content = json.dumps([drawing_json.to_json(replace(SEVEN, brush=brush)) for brush in range(5, 55)]).encode()
    with closing(Database(make_url(url))) as database, ThreadPoolExecutor(2) as people:
        other = Drawings(database)
        both = list(people.map(lambda each: each.take_in(content, name="pens.json"), (room, other)))
    assert sorted(each.added + each.known for each in both) == [50, 50]
    assert room.counts()[7] == sum(each.added for each in both) == 50


def test_an_import_with_one_broken_drawing_keeps_none(room):
    content = json.dumps([drawing_json.to_json(SEVEN), {"label": 3, "strokes": [[[1, 2, 3]]]}]).encode()
    with pytest.raises(drawing_json.DrawingError, match=r"Drawing 2 in pens\.json"):
        room.take_in(content, name="pens.json")
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
    kept = [{key: value for key, value in each.items() if key != "id"} for each in json.loads(content)]
    return {json.dumps(each, sort_keys=True) for each in kept}


@given(values=st.lists(objects, max_size=4))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_drawings_go_through_import_and_export_unchanged(database, room, values):
    with database.writing() as session:
        session.execute(delete(StoredDrawing))
    room.take_in(drawing_json.dump(values), name="written.json")
    assert without_ids(room.export()) == {json.dumps(each, sort_keys=True) for each in values}
    assert room.take_in(room.export(), name="exported.json").added == 0


def test_a_hidden_drawing_is_its_owners_alone_until_it_is_shown_again(room):
    hidden, shown = add(room, label=1), add(room, label=2)
    room.hide(hidden)
    assert [stored.id for stored in room.newest(5)] == [stored.id for stored in room.labelled()] == [shown]
    assert room.counts().tolist() == [0, 0, 1] + [0] * 7
    assert len(json.loads(room.export())) == 1
    assert {stored.id for stored in room.drawn_by("ada")} == {hidden, shown}
    room.hide(hidden, hidden=False)
    assert room.counts()[1] == 1


def test_a_glance_tells_what_a_board_needs_and_hidden_drawings_are_not_found(room):
    first, second, hidden = add(room, label=7), add(room, label=1), add(room, label=2)
    room.hide(hidden)
    newest, oldest = room.summaries()
    assert (newest.id, newest.label, newest.answer, newest.nickname) == (second, 1, 7, "Ada")
    assert newest.sure == pytest.approx(0.919)
    assert (newest.misread, oldest.misread, newest.no_digit) == (True, False, False)
    assert [summary.id for summary in room.summaries(1)] == [second]
    digits = room.digits([first, hidden, "gone"])
    assert list(digits) == [first]
    assert_array_equal(digits[first], DIGIT)
    assert room.find(first).id == first
    assert room.find(hidden) is None
