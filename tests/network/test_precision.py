"""The faster precision is timed once and remembered."""

import json

import pytest

from mnist_core.network import precision


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "precision.json"


def test_the_faster_one_is_chosen(memory, monkeypatch):
    monkeypatch.setattr(precision, "_seconds", {"float32": 1.0, "bfloat16": 3.0}.get)
    assert precision.fastest(memory) == precision.FLOAT32
    memory.unlink()
    monkeypatch.setattr(precision, "_seconds", {"float32": 1.0, "bfloat16": 0.5}.get)
    assert precision.fastest(memory) == precision.BFLOAT16


def test_it_is_timed_once_for_a_machine(memory, monkeypatch):
    chosen = precision.fastest(memory)
    assert chosen in (precision.FLOAT32, precision.BFLOAT16)
    monkeypatch.setattr(precision, "_seconds", lambda dtype: pytest.fail("timed again"))
    assert precision.fastest(memory) == chosen
    memory.write_text(json.dumps({"another machine": precision.FLOAT32}))
    monkeypatch.setattr(precision, "_seconds", {"float32": 1.0, "bfloat16": 0.5}.get)
    assert precision.fastest(memory) == precision.BFLOAT16
    assert json.loads(memory.read_text())["another machine"] == precision.FLOAT32


def test_a_damaged_memory_only_costs_the_time(memory):
    memory.write_text("{nonsense")
    assert precision.fastest(memory) in (precision.FLOAT32, precision.BFLOAT16)
