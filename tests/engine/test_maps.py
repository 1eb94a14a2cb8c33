"""Maps of hidden layers: kept, bounded, made once; with arrays in a network's place, as a map needs no more."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core.digits import projection
from mnist_core.digits.projection import principal_components
from mnist_core.engine import maps
from mnist_core.engine.client import Engine
from mnist_core.engine.maps import EmbeddingJobs, HiddenMap
from mnist_core.errors import ModelError
from mnist_core.runs.run import SHIPPED, Run
from tests.waiting import wait_for

FEATURES = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)


def test_a_map_is_made_once_and_kept(tmp_path: Path) -> None:
    path, asked = tmp_path / "maps" / "a.npy", []

    def features() -> np.ndarray:
        asked.append(1)
        return FEATURES

    mapmaker = EmbeddingJobs()
    assert mapmaker.ask(path, features, "pca").share < 1
    wait_for(lambda: maps.read(path) is not None)
    wait_for(lambda: mapmaker.ask(path, features, "pca").share == 1)
    assert_array_equal(maps.read(path), principal_components(FEATURES))
    assert asked == [1]


def test_what_goes_wrong_is_told_and_can_be_tried_again(tmp_path: Path) -> None:
    mapmaker, path = EmbeddingJobs(), tmp_path / "maps" / "a.npy"

    def no_layer() -> np.ndarray:
        raise ModelError("no such layer")

    with pytest.raises(ModelError, match="no such layer"):
        wait_for(lambda: mapmaker.ask(path, no_layer, "pca") is None)
    assert mapmaker.ask(path, lambda: FEATURES, "pca").share < 1
    wait_for(path.exists)


def test_a_layout_in_the_making_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "EXAGGERATED", 50)  # enough for so few digits
    monkeypatch.setattr(projection, "ITERATIONS", 50)
    mapmaker, path, seen = EmbeddingJobs(), tmp_path / "maps" / "a.npy", []
    many = np.random.default_rng(0).normal(size=(100, 60)).astype(np.float32)

    def done() -> bool:
        seen.append(mapmaker.ask(path, lambda: many, "tsne"))
        return seen[-1].share == 1

    wait_for(done)
    assert [progress.share for progress in seen] == sorted(progress.share for progress in seen)
    assert maps.read(path).shape == (100, 2)


def test_the_oldest_maps_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "KEPT", 3)
    for number in range(5):
        path = tmp_path / "maps" / f"{number}.npy"
        maps.keep(path, FEATURES[:, :2])
        os.utime(path, (number, number))
    assert sorted(path.name for path in (tmp_path / "maps").iterdir()) == ["2.npy", "3.npy", "4.npy"]


def test_a_damaged_map_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY no map")
    assert maps.read(tmp_path / "a.npy") is None


def test_a_kept_map_needs_no_engine_and_another_network_has_another(home_without_engine: Path, tmp_path: Path) -> None:
    wanted = HiddenMap(Run(SHIPPED / "book"), 2, "pca")
    maps.keep(wanted.path(home_without_engine), FEATURES[:, :2])
    assert_array_equal(Engine(home_without_engine).map(wanted), FEATURES[:, :2])
    run = Run(tmp_path)
    run.model_path.write_bytes(b"")
    os.utime(run.model_path, (1, 1))
    before = HiddenMap(run, 1, "pca").path(home_without_engine)
    os.utime(run.model_path, (2, 2))
    assert HiddenMap(run, 1, "pca").path(home_without_engine) != before
