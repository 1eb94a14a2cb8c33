"""Tests of replacing files, and of deleting the temporary files that killed processes leave."""

import json
import os

import pytest

from mnist_core.runs.files import atomic_write, remove_temporaries, write_json


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
