"""Tests of reading and replacing files, and of deleting the temporary files that killed processes leave."""

import json
import os

import pytest

from mnist_core.errors import MAX_REASON_CHARACTERS, DamagedFile
from mnist_core.runs import files
from mnist_core.runs.files import (
    JSON_OBJECT,
    atomic_write,
    parse_columns,
    parse_json,
    read_columns,
    remove_temporaries,
    write_json,
)

COLUMNS = ("epoch", "loss")


def test_write_json_keeps_the_old_file_when_it_fails(tmp_path):
    path = tmp_path / "value.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_remove_temporaries_deletes_what_atomic_write_left_and_nothing_else(tmp_path):
    for name in ("model.keras", "model.h5", "status.json", "best.npz", "epochs.csv"):
        with atomic_write(tmp_path / name) as temporary:
            temporary.touch()
        (tmp_path / name).rename(temporary)  # as if the process had been killed before it replaced the file
    others = [".reserve", ".lock", f".{'a' * 31}.npz", f".{'g' * 32}.npz", f"{'a' * 32}.npz", f".{'a' * 32}.npz.part"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / f".{'a' * 32}").mkdir()
    remove_temporaries(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*others, f".{'a' * 32}"}


def test_remove_temporaries_keeps_a_file_that_was_written_later(tmp_path):
    old, young = (tmp_path / f".{digit * 32}.json" for digit in "01")
    for path in (old, young):
        path.touch()
    os.utime(old, (1_000, 1_000))
    remove_temporaries(tmp_path, before=2_000)
    assert list(tmp_path.iterdir()) == [young]


def test_remove_temporaries_of_a_missing_folder_does_nothing(tmp_path):
    remove_temporaries(tmp_path / "missing")


def test_a_csv_is_read_up_to_the_limit_of_rows_without_blank_lines_and_without_a_half_written_row(monkeypatch):
    monkeypatch.setattr(files, "MAX_CSV_ROWS", 3)
    content = b"epoch,loss\n1,0.5\n\n2,0.4\n3,0.3\n4,0.2\n5,0."
    assert parse_columns(content, COLUMNS)["epoch"].tolist() == [1, 2, 3]


def test_a_csv_is_parsed_again_only_when_its_file_has_changed(tmp_path):
    path = tmp_path / "epochs.csv"
    path.write_text("epoch,loss\n1,0.5\n")
    first = read_columns(path, COLUMNS)
    assert read_columns(path, COLUMNS) is first
    with path.open("a") as file:
        file.write("2,0.4\n")
    assert read_columns(path, COLUMNS)["loss"].tolist() == [0.5, 0.4]


@pytest.mark.parametrize(
    "content", [b"epoch,loss\n" + b"x" * 5_000 + b",1\n", b"epoch,loss\n1,2,3\n", b"epoch,loss\n1,\xff\n"]
)
def test_a_damaged_csv_raises_damaged_file_in_one_short_line(content):
    with pytest.raises(DamagedFile) as caught:
        parse_columns(content, COLUMNS)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= MAX_REASON_CHARACTERS


@pytest.mark.parametrize(
    "content", [b"[]", b"", b"\xff", b"[" * 5_000, b'{"a": ' * 5_000, b'{"a": 1' + b"0" * 5_000 + b"}", b'{"a": \n\n x']
)
def test_damaged_json_raises_damaged_file_in_one_short_line(content):
    with pytest.raises(DamagedFile) as caught:
        parse_json(content, JSON_OBJECT)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= MAX_REASON_CHARACTERS
