"""Training learns, tells of it, and stops when asked."""

import keras
import numpy as np
import pytest

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.digits.mnist import Mnist, Split
from mnist_core.network import model as network
from mnist_core.network.training import (
    TrainingDiverged,
    steps_per_execution,
    train,
)


class Heard:
    """A listener that keeps all it hears and stops after so many reports."""

    def __init__(self, stop_after: float = float("inf")) -> None:
        self.progress = []
        self.epochs = []
        self.stop_after = stop_after

    def on_progress(self, progress):
        self.progress.append(progress)

    def on_epoch(self, result):
        self.epochs.append(result)

    def wants_stop(self):
        return len(self.progress) >= self.stop_after


def config(**training) -> RunConfig:
    values = {"epochs": 2, "batch_size": 512} | training
    return RunConfig(name="test", model=ModelConfig(hidden_units=(32,)), training=TrainingConfig(**values))


@pytest.fixture(scope="module")
def few(digits) -> Mnist:
    """All training digits, as the epoch's length is theirs, and few to test with."""
    return Mnist(train=digits.train, test=Split(digits.test.images[:500], digits.test.labels[:500]))


def test_it_learns_and_tells_of_every_epoch(few):
    heard = Heard()
    train(network.build(config().model, seed=0), config(), few, heard)
    assert [result.epoch for result in heard.epochs] == [1, 2]
    assert heard.epochs[1].loss < heard.epochs[0].loss < 2
    right = heard.epochs[1].test_probabilities.argmax(axis=1) == few.test.labels
    assert right.mean() > 0.85
    assert all(result.seconds > 0 for result in heard.epochs)


def test_progress_ends_each_epoch_at_its_last_step_and_averages_to_its_mean(few):
    heard = Heard()
    train(network.build(config().model, seed=0), config(epochs=1), few, heard)
    steps = [progress.step for progress in heard.progress]
    assert steps == sorted(set(steps))
    assert steps[-1] == config().training.steps_per_epoch == 118
    digits_seen = np.diff([0, *(min(step * 512, 60_000) for step in steps)])
    mean = np.average([progress.loss for progress in heard.progress], weights=digits_seen)
    assert mean == pytest.approx(heard.epochs[0].loss, rel=1e-3)


def test_it_stops_when_asked_and_keeps_what_it_learned(few):
    model = network.build(config().model, seed=0)
    before = model.get_weights()[0].copy()
    heard = Heard(stop_after=3)
    train(model, config(epochs=5), few, heard)
    assert len(heard.progress) == 3
    assert not heard.epochs
    assert not np.array_equal(model.get_weights()[0], before)


def test_it_goes_on_from_a_saved_state_with_the_optimizers(few, tmp_path):
    model = train(network.build(config().model, seed=0), config(epochs=1), few, Heard())
    model.save(tmp_path / "state.keras")
    loaded = network.load(tmp_path / "state.keras")
    steps = int(loaded.optimizer.iterations)
    assert steps == 118
    heard = Heard()
    train(loaded, config(epochs=2), few, heard, epochs_done=1)
    assert [result.epoch for result in heard.epochs] == [2]
    assert int(loaded.optimizer.iterations) == 2 * steps


def test_the_learning_rate_asked_for_is_used_after_loading_too(few, tmp_path):
    model = train(network.build(config().model, seed=0), config(epochs=1), few, Heard())
    model.save(tmp_path / "state.keras")
    loaded = train(
        network.load(tmp_path / "state.keras"),
        config(epochs=2, learning_rate=0.003),
        few,
        Heard(stop_after=1),
        epochs_done=1,
    )
    assert float(keras.ops.convert_to_numpy(loaded.optimizer.learning_rate)) == pytest.approx(0.003)


def test_a_loss_that_is_no_number_ends_it_with_advice(few):
    model = network.build(config().model, seed=0)
    model.layers[-1].set_weights([weight * np.nan for weight in model.layers[-1].get_weights()])
    with pytest.raises(TrainingDiverged, match="learning rate"):
        train(model, config(), few, Heard())


def test_slow_networks_are_looked_at_more_often():
    assert steps_per_execution(669_706, 128) == 15
    assert steps_per_execution(14_000_000, 4096) == 1
    assert steps_per_execution(6_000, 1) > 100
