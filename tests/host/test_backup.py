"""Tests of importing a room's zip with hostile files: each is one error, and the files behind it are imported."""

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from mnist_core.config import RunConfig
from mnist_core.digits import drawing_json
from mnist_core.digits.drawing import Drawing
from mnist_core.host import backup
from mnist_core.host.backup import BundleError, ImportProgress
from mnist_core.room.database import open_database
from mnist_core.room.drawing_import import MAX_BYTES, MAX_SECONDS, rasterizing_seconds
from mnist_core.room.drawings import FEEDBACK, Drawings
from mnist_core.room.votes import Votes, voter_of
from mnist_core.runs import archive
from mnist_core.runs.run import Run
from tests.drawn import ANSWER, DIGIT, SEVEN
from tests.zips import Files, zipped

SNAPSHOT = "snapshots/epoch-01.npz"
DRAWINGS = drawing_json.dump([drawing_json.to_json(SEVEN)])
VOTES = json.dumps([{"voter": voter_of("ada"), "test_index": 947, "digit": 9}]).encode()
RUN = {
    "config.json": json.dumps(RunConfig(name="theirs").to_json()).encode(),
    "status.json": b'{"state": "finished", "queued_at": 1.0}',
    "model.keras": b"a network",
    "batches.csv": b"epoch,step,seconds,loss,accuracy\n1,1,3.25,0.5,0.9\n",
}
NESTED = b"[" * 5_000 + b"]" * 5_000
NUMBERS = {"1e999": b"1e999", "10**5000": b"1" + b"0" * 5_000}


class Room:
    """A room without anything, into which a zip is imported. ``imported``: the names of its new runs."""

    def __init__(self, home: Path) -> None:
        database = open_database(home)
        self.drawings, self.votes = Drawings(database), Votes(database)
        self.imported: list[str] = []

    def import_bundle(self, content: bytes, runs: list[Run] | None = None) -> list[ImportProgress]:
        source = io.BytesIO(content)
        return list(backup.import_bundle(source, self.drawings, self.votes, runs or [], self._import_run))

    def _import_run(self, content: bytes) -> None:
        """Unpack the run, as the engine does."""
        run = archive.unpack(content)
        with TemporaryDirectory() as folder:
            (Path(folder) / "config.json").write_bytes(run.files["config.json"])
            run.unpack(Path(folder))
        self.imported.append(run.config.name)


@pytest.fixture
def room(home: Path) -> Room:
    return Room(home)


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npy_with_header(header: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()


def with_extra(name: str, value: bytes) -> Files:
    """The files of a run with ``value`` as the epochs in its configuration, or as the seconds in its status."""
    field = {"config.json": b'"epochs": 20', "status.json": b'"queued_at": 1.0'}[name]
    assert field in RUN[name]
    return RUN | {name: RUN[name].replace(field, field.partition(b":")[0] + b": " + value)}


def with_wrong_checksum(files: Files) -> bytes:
    """A zip in whose directory the checksum of the first file is wrong."""
    content = bytearray(zipped(files))
    content[content.index(b"PK\x01\x02") + 16] ^= 0xFF
    return bytes(content)


def with_damaged_lzma(files: Files) -> bytes:
    """A zip whose first file is compressed by LZMA, and its data is damaged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for number, (name, content) in enumerate(files.items()):
            file.writestr(name, content, compress_type=zipfile.ZIP_STORED if number else zipfile.ZIP_LZMA)
    content = bytearray(buffer.getvalue())
    data = 30 + len(next(iter(files))) + 9  # behind the file's header, its name and LZMA's properties
    content[data : data + 8] = b"\xff" * 8
    return bytes(content)


def with_endless_offset(files: Files) -> bytes:
    """A zip whose directory has the first file at the position 2**64 - 1, which needs the zip64 format."""
    content = zipped(files)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry, record = bytearray(content[start:end]), bytearray(content[end:])
    extra = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    entry[30:32], entry[42:46] = struct.pack("<H", len(extra)), b"\xff" * 4
    name_end = 46 + len(next(iter(files)))
    entry[name_end:name_end] = extra
    record[12:16] = struct.pack("<I", len(entry))
    return content[:start] + bytes(entry + record)


DAMAGES: dict[str, Callable[[Files], bytes]] = {
    "a wrong checksum": with_wrong_checksum,
    "damaged LZMA data": with_damaged_lzma,
    "an endless offset": with_endless_offset,
}
HOSTILE_RUNS: dict[str, bytes] = {
    "no zip": b"no zip",
    "an npy file as npz": zipped(RUN | {SNAPSHOT: npy(np.zeros(3))}),
    "a text as npz": zipped(RUN | {SNAPSHOT: b"hello"}),
    "objects as npz": zipped(RUN | {SNAPSHOT: zipped({"a.npy": npy(np.array([{}], object))})}),
    "an array with a broken header": zipped(RUN | {SNAPSHOT: zipped({"a.npy": npy_with_header("{'descr': ((((\n")})}),
    "an array with a nested header": zipped(RUN | {SNAPSHOT: zipped({"a.npy": npy_with_header("-" * 9_000 + "1\n")})}),
    "an endless array": zipped(
        RUN
        | {
            SNAPSHOT: zipped(
                {"a.npy": npy_with_header(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({10**15},)}}\n")}
            )
        }
    ),
    "a history that is no text": zipped(RUN | {"batches.csv": b"epoch\n\xff\xff\n"}),
    "a history with 1e999": zipped(RUN | {"batches.csv": RUN["batches.csv"].replace(b"3.25", b"1e999")}),
    **{f"a nested {name}": zipped(RUN | {name: NESTED}) for name in ("config.json", "status.json")},
    **{f"a {name} that is no text": zipped(RUN | {name: b"\xff"}) for name in ("config.json", "status.json")},
    **{
        f"{name} with {number}": zipped(with_extra(name, value))
        for name in ("config.json", "status.json")
        for number, value in NUMBERS.items()
    },
    **{f"{name} in it": damage(RUN) for name, damage in DAMAGES.items()},
    **{
        f"{name} in its npz": zipped(RUN | {SNAPSHOT: damage({"a.npy": npy(np.zeros(99))})})
        for name, damage in DAMAGES.items()
    },
}


@pytest.mark.parametrize("hostile", HOSTILE_RUNS.values(), ids=HOSTILE_RUNS)
def test_a_hostile_run_in_a_rooms_zip_is_one_error_and_all_other_files_are_imported(room, hostile):
    steps = room.import_bundle(
        zipped({"drawings-001.json": DRAWINGS, "runs/a.zip": hostile, "runs/b.zip": zipped(RUN), "votes.json": VOTES})
    )
    first, error_text, *others = [step.error_text for step in steps]
    assert (first, others) == (None, [None, None])
    assert error_text.startswith("runs/a.zip: ")
    assert error_text.isprintable()
    assert len(error_text) <= 300
    assert room.imported == ["theirs"]
    assert (len(room.drawings.newest(9)), room.votes.counts([947]).sum()) == (1, 1)


HOSTILE_TEXTS: dict[str, bytes] = {
    "nested": NESTED,
    "no text": b"[\xff]",
    **{f"a vote for {name}": VOTES.replace(b"9}", number + b"}") for name, number in NUMBERS.items()},
    **{f"a point at {name}": DRAWINGS.replace(b"90.0", number, 1) for name, number in NUMBERS.items()},
    "a drawing with a long key": json.dumps([{"k" * 10_000: 1}]).encode(),
}


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_drawings_and_votes_in_a_rooms_zip_are_errors_and_all_other_files_are_imported(room, hostile):
    files = {"drawings-001.json": hostile, "drawings-002.json": DRAWINGS, "runs/b.zip": zipped(RUN)}
    steps = room.import_bundle(zipped(files | {"votes.json": hostile}))
    assert [step.error_text is None for step in steps] == [False, True, True, False]
    for step in (steps[0], steps[3]):
        assert step.error_text.isprintable()
        assert len(step.error_text) <= 320
    assert (len(room.drawings.newest(9)), room.imported) == (1, ["theirs"])


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("name", ["drawings-001.json", "runs/a.zip", "votes.json"])
def test_a_damaged_member_of_a_rooms_zip_is_one_error_and_all_other_files_are_imported(room, name, damage):
    files = {"drawings-001.json": DRAWINGS, "runs/a.zip": zipped(RUN), "votes.json": VOTES}
    steps = room.import_bundle(damage({name: files[name]} | files | {"drawings-002.json": DRAWINGS}))
    error_texts = [step.error_text for step in steps if step.error_text]
    assert (len(steps), len(error_texts)) == (4, 1)
    assert error_texts[0].startswith(f"{name}: The zip is damaged: ")
    counts = [len(room.drawings.newest(9)), len(room.imported), room.votes.counts([947]).sum()]
    assert counts == [1, int(name != "runs/a.zip"), int(name != "votes.json")]


@pytest.mark.parametrize("content", [b"no zip", zipped({"votes.json": VOTES})[:-30]])
def test_a_damaged_zip_of_a_room_raises_bundle_error(room, content):
    with pytest.raises(BundleError, match="cannot be read as a zip"):
        room.import_bundle(content)


@pytest.mark.parametrize("create", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)])
def test_a_run_whose_history_cannot_be_read_does_not_end_an_import(room, home, create):
    run = Run(home / "runs" / "20261123-080000-abcdef")
    run.path.mkdir()
    create(run.path / "batches.csv")
    (step,) = room.import_bundle(zipped({"runs/a.zip": zipped(RUN)}), [run])
    assert (step.error_text, room.imported) == (None, ["theirs"])


def test_a_run_that_the_lab_has_is_not_imported_again(room, home):
    run = Run(home / "runs" / "20261123-080000-abcdef")
    run.path.mkdir()
    (run.path / "batches.csv").write_bytes(RUN["batches.csv"])
    (step,) = room.import_bundle(zipped({"runs/a.zip": zipped(RUN)}), [run])
    assert (step.error_text, room.imported) == (None, [])


def test_an_export_of_large_drawings_has_parts_that_can_be_imported(room, home):
    dots = Drawing((np.full((1, 2), 512.0),) * 5_000, canvas=1_024, brush=1_024, label=0)
    for _ in range(3):
        room.drawings.add(dots, DIGIT, ANSWER, source=FEEDBACK, person="ada", nickname="Ada")
    with zipfile.ZipFile(backup.write(home, room.drawings, room.votes, [])) as bundle:
        names = bundle.namelist()
        contents = [bundle.read(name) for name in names[:-1]]
    assert names == ["drawings-001.json", "drawings-002.json", "votes.json"]
    parts = [drawing_json.parse(content, name="part") for content in contents]
    assert [len(part) for part in parts] == [2, 1]
    assert all(sum(rasterizing_seconds(entry.drawing) for entry in part) <= MAX_SECONDS for part in parts)
    assert max(map(len, contents)) <= MAX_BYTES
    assert len({entry.values["id"] for part in parts for entry in part}) == 3
