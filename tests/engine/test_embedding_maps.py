"""Tests of the maps of hidden layers: computed once, stored and limited in number; arrays replace the network."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits import projection
from mnist_core.digits.projection import principal_components
from mnist_core.engine import embedding_maps
from mnist_core.engine.client import EngineClient
from mnist_core.engine.embedding_maps import EmbeddingJobs, HiddenMap
from mnist_core.engine.shared import EngineError
from mnist_core.errors import ModelError
from mnist_core.runs.run import SHIPPED, Run
from tests.waiting import wait_for

FEATURES = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)


def test_a_map_is_computed_once_and_stored(tmp_path: Path) -> None:
    path, calls = tmp_path / "maps" / "a.npy", []

    def features() -> np.ndarray:
        calls.append(1)
        return FEATURES

    jobs = EmbeddingJobs()
    assert jobs.request(path, features, "pca").done < 1
    wait_for(lambda: embedding_maps.read(path) is not None)
    wait_for(lambda: jobs.request(path, features, "pca").done == 1)
    assert_array_equal(embedding_maps.read(path), principal_components(FEATURES))
    assert calls == [1]


def test_a_failed_map_raises_its_error_and_can_be_requested_again(tmp_path: Path) -> None:
    jobs, path = EmbeddingJobs(), tmp_path / "maps" / "a.npy"

    def no_layer() -> np.ndarray:
        raise ModelError("no such layer")

    with pytest.raises(EngineError, match="no such layer"):
        wait_for(lambda: jobs.request(path, no_layer, "pca") is None)
    assert jobs.request(path, lambda: FEATURES, "pca").done < 1
    wait_for(path.exists)


def test_a_map_that_cannot_be_saved_raises_engine_error_with_the_reason(tmp_path: Path) -> None:
    jobs, path = EmbeddingJobs(), tmp_path / "maps" / "a.npy"
    path.parent.touch()  # a file where the folder should be
    with pytest.raises(EngineError, match="File exists"):
        wait_for(lambda: jobs.request(path, lambda: FEATURES, "pca") is None)


def test_the_progress_of_a_layout_increases_up_to_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "EARLY_EXAGGERATION_ITERATIONS", 50)  # enough for so few digits
    monkeypatch.setattr(projection, "ITERATIONS", 50)
    jobs, path, reports = EmbeddingJobs(), tmp_path / "maps" / "a.npy", []
    many = np.random.default_rng(0).normal(size=(100, 60)).astype(np.float32)

    def done() -> bool:
        reports.append(jobs.request(path, lambda: many, "tsne"))
        return reports[-1].done == 1

    wait_for(done)
    assert [progress.done for progress in reports] == sorted(progress.done for progress in reports)
    assert embedding_maps.read(path).shape == (100, 2)


def test_the_oldest_maps_beyond_the_maximum_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_maps, "MAX_STORED_MAPS", 3)
    for number in range(5):
        path = tmp_path / "maps" / f"{number}.npy"
        embedding_maps.save(path, FEATURES[:, :2])
        os.utime(path, (number, number))
    assert sorted(path.name for path in (tmp_path / "maps").iterdir()) == ["2.npy", "3.npy", "4.npy"]


def test_a_damaged_map_is_read_as_none(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY no map")
    assert embedding_maps.read(tmp_path / "a.npy") is None


def test_a_stored_map_needs_no_engine_and_belongs_to_one_model_file(home_without_engine: Path, tmp_path: Path) -> None:
    hidden_map = HiddenMap(Run(SHIPPED / "book"), 2, "pca")
    embedding_maps.save(hidden_map.path(home_without_engine), FEATURES[:, :2])
    assert_array_equal(EngineClient(home_without_engine).map(hidden_map), FEATURES[:, :2])
    run = Run(tmp_path)
    run.model_path.write_bytes(b"")
    os.utime(run.model_path, (1, 1))
    before = HiddenMap(run, 1, "pca").path(home_without_engine)
    os.utime(run.model_path, (2, 2))
    assert HiddenMap(run, 1, "pca").path(home_without_engine) != before
