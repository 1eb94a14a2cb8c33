"""Tests that the faster precision is measured once per machine and stored in a file."""

import json

import pytest

from mnist_core.network import precision


@pytest.fixture
def timings_file(tmp_path):
    return tmp_path / "precision.json"


def test_the_faster_precision_is_chosen(timings_file, monkeypatch):
    monkeypatch.setattr(precision, "_seconds", {"float32": 1.0, "bfloat16": 3.0}.get)
    assert precision.fastest(timings_file) == precision.FLOAT32
    timings_file.unlink()
    monkeypatch.setattr(precision, "_seconds", {"float32": 1.0, "bfloat16": 0.5}.get)
    assert precision.fastest(timings_file) == precision.BFLOAT16


def test_precision_is_timed_once_per_machine(timings_file, monkeypatch):
    chosen = precision.fastest(timings_file)
    assert chosen in (precision.FLOAT32, precision.BFLOAT16)
    monkeypatch.setattr(precision, "_seconds", lambda dtype: pytest.fail("timed again"))
    assert precision.fastest(timings_file) == chosen
    timings_file.write_text(json.dumps({"another machine": precision.FLOAT32}))
    monkeypatch.setattr(precision, "_seconds", {"float32": 1.0, "bfloat16": 0.5}.get)
    assert precision.fastest(timings_file) == precision.BFLOAT16
    assert json.loads(timings_file.read_text())["another machine"] == precision.FLOAT32


def test_a_damaged_file_is_ignored_and_precision_is_timed_again(timings_file):
    timings_file.write_text("{nonsense")
    assert precision.fastest(timings_file) in (precision.FLOAT32, precision.BFLOAT16)
