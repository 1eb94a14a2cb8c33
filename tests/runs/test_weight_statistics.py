"""What snapshots tell: read back as layers, dead units found, moves measured."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.config import ACTIVATIONS, ModelConfig, RunConfig
from mnist_core.runs.activations import ACTIVATIONS as KNOWN
from mnist_core.runs.run import SHIPPED, Run, RunError
from mnist_core.runs.snapshot import Dense, Snapshot, read_snapshot
from mnist_core.runs.weight_statistics import dead_units, distances, history, initial_limit, strengths
from tests.snapshots import run_with_snapshots, save_snapshot

BOOK = Run(SHIPPED / "book")


def small(**model) -> RunConfig:
    return RunConfig(name="small", model=ModelConfig(**{"hidden_units": (16, 8)} | model))


@pytest.fixture
def run(home: Path) -> Run:
    return run_with_snapshots(home, small(), [1, 2, 5])


def test_a_snapshot_answers_as_the_run_wrote_down(digits):
    epoch = list(BOOK.snapshots)[-1]
    logits = read_snapshot(BOOK, epoch).sums(digits.test.images[:200])[-1]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    with np.load(BOOK.snapshots[epoch]) as kept:
        assert_allclose(powers / powers.sum(axis=1, keepdims=True), kept["test_probabilities"][:200], atol=0.01)


def test_a_snapshot_that_is_gone_is_told(run):
    with pytest.raises(RunError, match="no snapshot of epoch 3"):
        read_snapshot(run, 3)


def test_a_damaged_snapshot_is_told(run):
    path = run.snapshots[2]
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(RunError, match=r"epoch-02.npz .* cannot be read"):
        history(run)


@pytest.mark.parametrize("kernel", [np.zeros((784, 9)), np.zeros(784), np.zeros((100, 16))])
def test_a_snapshot_of_another_network_is_told(run, kernel):
    save_snapshot(run, 2, hidden_1__kernel=kernel)
    with pytest.raises(RunError, match="another network"):
        read_snapshot(run, 2)


def test_unscaled_networks_get_the_pixels_as_they_are(home):
    digit = np.full((28, 28), 255, np.uint8)
    scaled, not_scaled = (
        read_snapshot(run_with_snapshots(home, small(scaling=scaling), [1]), 1).inputs(digit)
        for scaling in (True, False)
    )
    assert (scaled == 1).all()
    assert (not_scaled == 255).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_slopes_are_those_of_the_functions(activation):
    at, step = np.linspace(-6, 6, 60), 1e-6
    known = KNOWN[activation]
    measured = (known.function(at + step) - known.function(at - step)) / (2 * step)
    assert_allclose(known.slope(at), measured, atol=1e-6)


def test_units_that_fire_for_no_digit_are_dead(run, digits):
    snapshot = read_snapshot(run, 1)
    first, second, output = snapshot.layers
    first.bias[3] = second.bias[[0, 7]] = -1000
    dead = dead_units(Snapshot(snapshot.model, (first, second, output)), digits.test.images[:3000])
    assert np.flatnonzero(dead[0]).tolist() == [3]
    assert {0, 7} <= set(np.flatnonzero(dead[1]))


def test_a_unit_that_fires_for_a_single_late_digit_is_alive(run):
    snapshot = read_snapshot(run, 1)
    first, *others = snapshot.layers
    first.kernel[:, 0], first.bias[0] = 0, -0.5
    first.kernel[0, 0] = 1
    digits = np.zeros((2500, 28, 28), np.uint8)
    network = Snapshot(snapshot.model, (first, *others))
    assert dead_units(network, digits)[0][0]
    digits[2400, 0, 0] = 255
    assert not dead_units(network, digits)[0][0]


def test_dead_units_are_those_that_never_fire_in_the_books_network(digits):
    snapshot = read_snapshot(BOOK, 20)
    sums = snapshot.sums(digits.test.images)
    for dead, of_layer in zip(dead_units(snapshot, digits.test.images), sums, strict=False):
        assert_array_equal(dead, (of_layer <= 0).all(axis=0))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "gelu"])
def test_units_that_are_flat_for_every_digit_are_dead(home, digits, activation):
    snapshot = read_snapshot(run_with_snapshots(home, small(activation=activation), [1]), 1)
    snapshot.layers[0].bias[5] = -1000
    assert np.flatnonzero(dead_units(snapshot, digits.test.images[:200])[0]).tolist() == [5]


def test_a_history_has_a_line_for_each_snapshot(run):
    past = history(run)
    assert past.epochs == (1, 2, 5)
    assert past.moved.shape == (3, 3)
    assert not past.moved[0].any()
    assert_allclose(past.pace[0], past.moved[1])  # one epoch after the first
    assert_allclose(past.pace[1] * 3, distances(read_snapshot(run, 2), read_snapshot(run, 5)))


def test_a_single_snapshot_has_moved_nowhere(home):
    past = history(run_with_snapshots(home, small(), [4]))
    assert not past.moved.any()
    assert past.pace.shape == (0, 3)


def test_two_new_networks_are_the_square_root_of_two_apart():
    random = np.random.default_rng(0)
    limit = initial_limit(np.empty((784, 512)))
    new = [Snapshot(ModelConfig(), (Dense(random.uniform(-limit, limit, (784, 512)), np.zeros(512)),)) for _ in "ab"]
    assert distances(*new) == pytest.approx([np.sqrt(2)], rel=0.01)


def test_a_units_strength_is_the_length_of_its_weights():
    assert strengths(np.array([[3.0, 0.0], [4.0, 1.0]])).tolist() == [5.0, 1.0]
