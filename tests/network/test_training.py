"""Tests of training: learning, progress reports, control requests and training splits."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mnist_core.config import COSINE, ON_HELD_OUT, ModelConfig, RunConfig, TrainingConfig
from mnist_core.digits.mnist import Mnist, Split
from mnist_core.errors import TrainingDiverged
from mnist_core.network import model as network
from mnist_core.network import training
from mnist_core.network.precision import BFLOAT16
from mnist_core.network.training import TrainingError, train, validation_split
from mnist_core.runs.control import Control


class RecordingCallback:
    """A callback that records all reports and stops after ``stop_after`` of them; ``requested`` are the controls."""

    def __init__(self, stop_after: float = float("inf"), **requested) -> None:
        self.progress = []
        self.epochs = []
        self.stop_after = stop_after
        self.requested = Control(**requested)

    def on_progress(self, progress):
        self.progress.append(progress)

    def on_epoch(self, result):
        self.epochs.append(result)

    def should_continue(self):
        return len(self.progress) < self.stop_after

    def controls(self):
        return self.requested


def config(*, dropout: float = 0.2, **training) -> RunConfig:
    values = {"epochs": 2, "batch_size": 512} | training
    model = ModelConfig(hidden_units=(32,), dropout=dropout)
    return RunConfig(name="test", model=model, training=TrainingConfig(**values))


def trained(settings: RunConfig, data: Mnist, callback: RecordingCallback | None = None, **options):
    model = network.build(settings.model, seed=settings.training.seed)
    train(model, settings, data, callback or RecordingCallback(), **options)
    return model


def accuracy(model, split: Split) -> float:
    return float((network.probabilities(model, split.images).argmax(axis=1) == split.labels).mean())


def labelled_images(split: Split) -> set[tuple[bytes, int]]:
    return {(image.tobytes(), label) for image, label in zip(split.images, split.labels, strict=True)}


@pytest.fixture(scope="module")
def few(digits) -> Mnist:
    """All training digits, so that an epoch has its usual length, and 500 test digits."""
    return Mnist(train=digits.train, test=Split(digits.test.images[:500], digits.test.labels[:500]))


def test_training_learns_and_reports_every_epoch(few):
    callback = RecordingCallback()
    model = trained(config(), few, callback)
    assert [result.epoch for result in callback.epochs] == [1, 2]
    assert callback.epochs[1].loss < callback.epochs[0].loss < 2
    assert accuracy(model, few.test) > 0.85
    assert_allclose(
        callback.epochs[1].predict(few.test.images), network.probabilities(model, few.test.images), atol=1e-5
    )
    assert all(result.seconds > 0 for result in callback.epochs)


@pytest.mark.parametrize("batch_size", [512, 1000])
def test_progress_ends_at_the_last_step_and_averages_to_the_epoch_loss(few, batch_size):
    callback, settings = RecordingCallback(), config(epochs=1, batch_size=batch_size)
    trained(settings, few, callback)
    steps = [progress.step for progress in callback.progress]
    assert steps == sorted(set(steps))
    assert steps[-1] == settings.training.steps_per_epoch == -(-60_000 // batch_size)
    digits_seen = np.diff([0, *(min(step * batch_size, 60_000) for step in steps)])
    mean = np.average([progress.loss for progress in callback.progress], weights=digits_seen)
    assert mean == pytest.approx(callback.epochs[0].loss, rel=1e-3)


def test_training_stops_when_the_callback_says_so_and_keeps_its_weights(few):
    callback = RecordingCallback(stop_after=3)
    untrained = network.build(config().model, seed=0).get_weights()[0]
    model = trained(config(epochs=5), few, callback)
    assert len(callback.progress) == 3
    assert not callback.epochs
    assert not np.array_equal(model.get_weights()[0], untrained)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_training_resumed_within_an_epoch_ends_with_the_weights_of_an_uninterrupted_one(few, tmp_path, optimizer):
    settings = config(epochs=2, dropout=0, optimizer=optimizer, schedule=COSINE, learning_rate=0.01)
    uninterrupted = trained(settings, few)
    callback = RecordingCallback(stop_after=4)
    trained(settings, few, callback).save(tmp_path / "state.keras")
    resumed = network.load(tmp_path / "state.keras")
    steps = callback.progress[-1].step
    assert int(resumed.optimizer.iterations) == steps < settings.training.steps_per_epoch
    train(resumed, settings, few, RecordingCallback(), steps_done=steps)
    assert int(resumed.optimizer.iterations) == 2 * settings.training.steps_per_epoch
    for expected, actual in zip(uninterrupted.get_weights(), resumed.get_weights(), strict=True):
        assert_allclose(actual, expected, atol=1e-3)


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "adamw", "weight_decay": 0.1},
        {"optimizer": "sgd", "learning_rate": 0.1},
        {"optimizer": "rmsprop"},
        {"label_smoothing": 0.1},
        {"distortions": True, "epochs": 3},
        {"schedule": "one-cycle", "learning_rate": 0.01},
    ],
    ids=str,
)
def test_training_learns_with_every_option(few, settings):
    assert accuracy(trained(config(**settings), few), few.test) > 0.8


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "gelu"])
def test_training_learns_with_every_activation(few, activation):
    settings = replace(config(), model=ModelConfig(hidden_units=(32,), activation=activation))
    assert accuracy(trained(settings, few), few.test) > 0.85


def test_bfloat16_training_learns_and_leaves_a_float32_network(few):
    model = trained(config(), few, precision=BFLOAT16)
    assert accuracy(model, few.test) > 0.85
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}


def test_weights_of_blank_pixels_change_only_by_weight_decay(few):
    start = network.build(config().model, seed=0).get_weights()[0]
    decayed = trained(config(epochs=1, weight_decay=0.5), few).get_weights()[0]
    assert_allclose(decayed[0], start[0] * (1 - 0.5 * 1e-3) ** 118, rtol=1e-3)  # weights of the upper left pixel


def test_a_small_learning_rate_factor_makes_small_weight_changes(few):
    untrained = network.build(config().model, seed=0).get_weights()[0]

    def mean_change(callback: RecordingCallback) -> float:
        return float(np.abs(trained(config(epochs=1), few, callback).get_weights()[0] - untrained).mean())

    assert mean_change(RecordingCallback(learning_rate_factor=0.01)) < mean_change(RecordingCallback()) / 5


def test_requested_dropout_applies_from_the_next_epoch_and_is_not_saved(few):
    class RaisesDropout(RecordingCallback):
        def on_epoch(self, result):
            super().on_epoch(result)
            self.requested = Control(dropout=0.9)

    callback = RaisesDropout()
    model = trained(config(dropout=0), few, callback)
    assert callback.epochs[1].accuracy < callback.epochs[0].accuracy
    assert model.get_layer("dropout_1").rate == 0


def test_slow_motion_reports_every_batch(few):
    callback = RecordingCallback(stop_after=6, slow_motion=True)
    trained(config(), few, callback)
    assert [progress.step for progress in callback.progress] == [1, 2, 3, 4, 5, 6]


def test_chunks_grow_again_after_slow_batches(few, monkeypatch):
    monkeypatch.setattr(training, "FIRST_CHUNK_STEPS", 1)  # the state after slow batches
    monkeypatch.setattr(training, "SECONDS_PER_CHUNK", 60.0)
    callback = RecordingCallback()
    trained(config(epochs=1), few, callback)
    assert len(callback.progress) < 10


def test_held_out_digits_are_not_trained_on(digits):
    remaining, held_out = digits.hold_out(6_000)
    assert (len(remaining), len(held_out)) == (54_000, 6_000)
    images = {image.tobytes() for image in remaining.images}
    assert not any(image.tobytes() in images for image in held_out.images)
    settings = TrainingConfig(validation=ON_HELD_OUT)
    assert settings.steps_per_epoch == 422
    assert_array_equal(validation_split(settings, digits).labels, held_out.labels)
    assert validation_split(TrainingConfig(), digits) is digits.test


def test_a_nan_loss_raises_training_diverged_with_advice(few):
    model = network.build(config().model, seed=0)
    model.layers[-1].set_weights([weight * np.nan for weight in model.layers[-1].get_weights()])
    with pytest.raises(TrainingDiverged, match="learning rate"):
        train(model, config(), few, RecordingCallback())


def test_the_training_split_includes_handwriting_and_drawings(few):
    drawings = few.test.take(np.arange(30))
    settings = TrainingConfig(handwriting=50, drawings=70, validation=ON_HELD_OUT)
    split = training.training_split(settings, few, drawings)
    assert len(split) == settings.training_digits == 54_000 + 50 + 70
    assert_array_equal(split.labels[54_000:54_050], np.arange(50) % 10)
    assert_array_equal(split.images[54_050:], drawings.images[np.arange(70) % 30])


def test_a_reduced_training_split_is_the_same_subset_for_every_seed(few):
    split = training.training_split(TrainingConfig(digits=300), few)
    again = training.training_split(TrainingConfig(digits=300, seed=1), few)
    assert len(split) == 300
    assert set(np.unique(split.labels)) == set(range(10))
    assert_array_equal(split.images, again.images)
    assert labelled_images(split) <= labelled_images(few.train)


def test_shuffled_labels_are_right_only_by_chance(few):
    split = training.training_split(TrainingConfig(shuffled_labels=True), few)
    assert_array_equal(split.images, few.train.images)
    assert_array_equal(np.bincount(split.labels), np.bincount(few.train.labels))
    assert np.mean(split.labels == few.train.labels) == pytest.approx(0.1, abs=0.01)


def test_missing_drawings_raise_training_error(few):
    with pytest.raises(TrainingError, match="there are none"):
        training.training_split(TrainingConfig(drawings=10), few)


def test_training_with_drawings_learns_what_mnist_does_not_show(few):
    drawn = Split(few.train.images[:400].transpose(0, 2, 1), few.train.labels[:400])
    without, added = config(epochs=1), config(epochs=1, drawings=8_000)
    assert accuracy(trained(added, few, drawings=drawn), drawn) > accuracy(trained(without, few), drawn) + 0.2
