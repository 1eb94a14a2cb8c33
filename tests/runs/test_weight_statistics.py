"""Tests of statistics from snapshots: layers, dead units and the movement of weights."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.config import ModelConfig, RunConfig
from mnist_core.errors import RunError
from mnist_core.runs.run import SHIPPED, Run
from mnist_core.runs.snapshot import Dense, Snapshot, read_snapshot
from mnist_core.runs.weight_statistics import dead_units, history, initial_limit, layer_distances, unit_norms
from tests.snapshots import run_with_snapshots, save_snapshot

BOOK = Run(SHIPPED / "book")


def small(**model) -> RunConfig:
    return RunConfig(name="small", model=ModelConfig(**{"hidden_units": (16, 8)} | model))


@pytest.fixture
def run(home: Path) -> Run:
    return run_with_snapshots(home, small(), [1, 2, 5])


def test_a_snapshot_gives_the_stored_test_probabilities(digits):
    epoch = list(BOOK.snapshots())[-1]
    logits = read_snapshot(BOOK, epoch).sums(digits.test.images[:200])[-1]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    with np.load(BOOK.snapshots()[epoch]) as stored:
        assert_allclose(powers / powers.sum(axis=1, keepdims=True), stored["test_probabilities"][:200], atol=0.01)


def test_a_missing_snapshot_raises_run_error(run):
    with pytest.raises(RunError, match="no snapshot of epoch 3"):
        read_snapshot(run, 3)


def test_a_damaged_snapshot_raises_run_error(run):
    path = run.snapshots()[2]
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RunError, match=r"epoch-02.npz .* cannot be read"):
        history(run)


@pytest.mark.parametrize("kernel", [np.zeros((784, 9)), np.zeros(784), np.zeros((100, 16))])
def test_a_snapshot_of_another_network_raises_run_error(run, kernel):
    save_snapshot(run, 2, hidden_1__kernel=kernel)
    with pytest.raises(RunError, match="another network"):
        read_snapshot(run, 2)


def test_inputs_of_an_unscaled_network_are_the_raw_pixels(home):
    digit = np.full((28, 28), 255, np.uint8)
    scaled, not_scaled = (
        read_snapshot(run_with_snapshots(home, small(scaling=scaling), [1]), 1).inputs(digit)
        for scaling in (True, False)
    )
    assert (scaled == 1).all()
    assert (not_scaled == 255).all()


def test_units_that_are_active_for_no_digit_are_dead(run, digits):
    snapshot = read_snapshot(run, 1)
    first, second, output = snapshot.layers
    first.bias[3] = second.bias[[0, 7]] = -1000
    dead = dead_units(Snapshot(snapshot.model, (first, second, output)), digits.test.images[:3000])
    assert np.flatnonzero(dead[0]).tolist() == [3]
    assert {0, 7} <= set(np.flatnonzero(dead[1]))


def test_a_unit_that_is_active_for_a_single_late_digit_is_not_dead(run):
    snapshot = read_snapshot(run, 1)
    first, *others = snapshot.layers
    first.kernel[:, 0], first.bias[0] = 0, -0.5
    first.kernel[0, 0] = 1
    digits = np.zeros((2500, 28, 28), np.uint8)
    network = Snapshot(snapshot.model, (first, *others))
    assert dead_units(network, digits)[0][0]
    digits[2400, 0, 0] = 255
    assert not dead_units(network, digits)[0][0]


def test_dead_units_of_the_book_network_are_active_for_no_test_digit(digits):
    snapshot = read_snapshot(BOOK, 20)
    sums = snapshot.sums(digits.test.images)
    for dead, of_layer in zip(dead_units(snapshot, digits.test.images), sums, strict=False):
        assert_array_equal(dead, (of_layer <= 0).all(axis=0))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "gelu"])
def test_units_that_are_saturated_for_every_digit_are_dead(home, digits, activation):
    snapshot = read_snapshot(run_with_snapshots(home, small(activation=activation), [1]), 1)
    snapshot.layers[0].bias[5] = -1000
    assert np.flatnonzero(dead_units(snapshot, digits.test.images[:200])[0]).tolist() == [5]


def test_a_history_has_a_row_for_each_snapshot(run):
    statistics = history(run)
    assert statistics.epochs == (1, 2, 5)
    assert statistics.distance.shape == (3, 3)
    assert not statistics.distance[0].any()
    assert_allclose(statistics.distance_per_epoch[0], statistics.distance[1])  # one epoch after the first
    assert_allclose(statistics.distance_per_epoch[1] * 3, layer_distances(read_snapshot(run, 2), read_snapshot(run, 5)))


def test_the_history_of_a_single_snapshot_has_no_movement(home):
    statistics = history(run_with_snapshots(home, small(), [4]))
    assert not statistics.distance.any()
    assert statistics.distance_per_epoch.shape == (0, 3)


def test_the_distance_of_two_new_networks_is_the_square_root_of_2():
    random = np.random.default_rng(0)
    limit = initial_limit(np.empty((784, 512)))
    new = [Snapshot(ModelConfig(), (Dense(random.uniform(-limit, limit, (784, 512)), np.zeros(512)),)) for _ in "ab"]
    assert layer_distances(*new) == pytest.approx([np.sqrt(2)], rel=0.01)


def test_the_strength_of_a_unit_is_the_norm_of_its_weights():
    assert unit_norms(np.array([[3.0, 0.0], [4.0, 1.0]])).tolist() == [5.0, 1.0]
