"""Tests of opening the room's database, and of the errors of one that cannot be used."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import event, make_url

from mnist_core.room.database import FILE, Database, RoomError, open_database
from mnist_core.room.drawings import Drawings
from mnist_core.settings import DATABASE_URL
from tests.drawn import add
from tests.room.postgres import address

ROOT = Path(__file__).parents[2]


def error_message(database: Database) -> str:
    with pytest.raises(RoomError) as caught:
        add(Drawings(database))
    database.close()
    return str(caught.value)


def test_without_a_database_url_the_room_is_a_file_in_the_home_folder(home, monkeypatch):
    monkeypatch.delenv(DATABASE_URL, raising=False)
    room = open_database(home)
    add(Drawings(room))
    assert (home / FILE).exists()
    assert (home / f"{FILE}-wal").exists(), "readers and a writer do not wait for each other in WAL mode"
    room.close()


def test_the_database_url_setting_selects_another_database(home, monkeypatch, url):
    monkeypatch.setenv(DATABASE_URL, url)
    with closing(open_database(home)) as first, closing(Database(make_url(url))) as second:
        add(Drawings(first))
        assert Drawings(second).counts()[7] == 1
    assert not (home / FILE).exists()


@pytest.mark.parametrize("setting", ["rubbish", "mysql://name:secret@host/room", "sqlite://"])
def test_an_invalid_database_url_raises_room_error_without_the_password(home, monkeypatch, setting):
    monkeypatch.setenv(DATABASE_URL, setting)
    with pytest.raises(RoomError, match=DATABASE_URL) as caught:
        open_database(home)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_raises_room_error(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database at all " * 100)
    assert "is no database. Move it away" in error_message(open_database(tmp_path))


def test_a_damaged_database_file_raises_room_error(tmp_path):
    database = open_database(tmp_path)
    add(Drawings(database))
    database.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    (tmp_path / FILE).write_bytes(content)
    assert "is damaged. Move it away" in error_message(open_database(tmp_path))


def test_a_missing_folder_raises_room_error(tmp_path):
    assert "cannot be opened" in error_message(open_database(tmp_path / "missing"))


def test_a_read_only_database_file_raises_room_error(tmp_path):
    database = open_database(tmp_path)
    add(Drawings(database))
    database.close()
    read_only = Database(make_url(f"sqlite:///file:{tmp_path / FILE}?mode=ro&uri=true"))
    assert "cannot be written" in error_message(read_only)


@pytest.fixture
def full_disk():
    """Limit every SQLite database to two pages."""

    def limit(connection, _):
        connection.execute("PRAGMA max_page_count = 2")

    event.listen(sqlalchemy.Engine, "connect", limit)
    yield
    event.remove(sqlalchemy.Engine, "connect", limit)


def test_a_full_disk_raises_room_error(full_disk, tmp_path):
    assert "disk is full" in error_message(open_database(tmp_path))


def test_an_unreachable_server_raises_room_error_without_the_password(tmp_path):
    message = error_message(Database(make_url(f"postgresql://ada:secret@/room?host={tmp_path}")))
    assert "Check that it runs and can be reached" in message
    assert "secret" not in message


def test_a_server_without_the_database_raises_room_error(postgres: Path):
    assert '"missing" does not exist' in error_message(Database(make_url(address(postgres, "missing"))))


def test_a_read_only_server_raises_room_error(postgres: Path):
    read_only = f"{address(postgres)}&options=-c%20default_transaction_read_only%3Don"
    assert "takes no writes" in error_message(Database(make_url(read_only)))


def test_a_room_works_after_its_damaged_file_is_removed(tmp_path):
    file = tmp_path / FILE
    file.write_bytes(b"no database at all " * 100)
    room = Drawings(open_database(tmp_path))
    with pytest.raises(RoomError):
        room.counts()
    file.unlink()
    add(room)
    assert room.counts()[7] == 1


def test_a_deleted_database_file_is_created_again(tmp_path):
    room = Drawings(open_database(tmp_path))
    add(room)
    for file in tmp_path.glob(f"{FILE}*"):
        file.unlink()
    add(room)
    assert (tmp_path / FILE).exists()
    assert room.counts()[7] == 1


def test_a_database_of_an_older_version_gets_missing_columns_and_keeps_its_drawings(url):
    before = Database(make_url(url))
    add(Drawings(before), label=7)
    with before.writing() as session:
        session.execute(sqlalchemy.text("ALTER TABLE drawings DROP COLUMN hidden"))
    before.close()
    after = Database(make_url(url))
    room = Drawings(after)
    add(room, label=8)
    assert [stored.label for stored in room.newest(5)] == [8, 7]
    assert not any(stored.hidden for stored in room.newest(5))
    after.close()


# Like the web process, which imports a table's module only when a page needs it.
IMPORTED_LATE = """
import sys
from pathlib import Path
from mnist_core.room.database import open_database
from mnist_core.room.drawings import Drawings

room = open_database(Path(sys.argv[1]))
Drawings(room).counts()
from mnist_core.room.people import People

print(People(room).set_nickname("a", "Ada"))
"""


@pytest.mark.usefixtures("processes")
def test_a_table_whose_module_is_imported_after_opening_is_created(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", IMPORTED_LATE, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.stdout, result.stderr) == ("Ada\n", "")
