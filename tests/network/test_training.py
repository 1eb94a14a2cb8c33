"""Training learns, tells of it, and follows what people ask."""

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


class Heard:
    """A callback that keeps all it hears and stops after so many reports; ``asked`` is what people wish."""

    def __init__(self, stop_after: float = float("inf"), **asked) -> None:
        self.progress = []
        self.epochs = []
        self.stop_after = stop_after
        self.asked = Control(**asked)

    def on_progress(self, progress):
        self.progress.append(progress)

    def on_epoch(self, result):
        self.epochs.append(result)

    def should_continue(self):
        return len(self.progress) < self.stop_after

    def controls(self):
        return self.asked


def config(*, dropout: float = 0.2, **training) -> RunConfig:
    values = {"epochs": 2, "batch_size": 512} | training
    model = ModelConfig(hidden_units=(32,), dropout=dropout)
    return RunConfig(name="test", model=model, training=TrainingConfig(**values))


def trained(settings: RunConfig, data: Mnist, heard: Heard | None = None, **how):
    model = network.build(settings.model, seed=settings.training.seed)
    train(model, settings, data, heard or Heard(), **how)
    return model


def right(model, split: Split) -> float:
    return float((network.probabilities(model, split.images).argmax(axis=1) == split.labels).mean())


def pairs(split: Split) -> set[tuple[bytes, int]]:
    return {(image.tobytes(), label) for image, label in zip(split.images, split.labels, strict=True)}


@pytest.fixture(scope="module")
def few(digits) -> Mnist:
    """All training digits, as the epoch's length is theirs, and few to test with."""
    return Mnist(train=digits.train, test=Split(digits.test.images[:500], digits.test.labels[:500]))


def test_it_learns_and_tells_of_every_epoch(few):
    heard = Heard()
    model = trained(config(), few, heard)
    assert [result.epoch for result in heard.epochs] == [1, 2]
    assert heard.epochs[1].loss < heard.epochs[0].loss < 2
    assert right(model, few.test) > 0.85
    assert_allclose(heard.epochs[1].answer(few.test.images), network.probabilities(model, few.test.images), atol=1e-5)
    assert all(result.seconds > 0 for result in heard.epochs)


@pytest.mark.parametrize("batch_size", [512, 1000])
def test_progress_ends_each_epoch_at_its_last_step_and_averages_to_its_mean(few, batch_size):
    heard, settings = Heard(), config(epochs=1, batch_size=batch_size)
    trained(settings, few, heard)
    steps = [progress.step for progress in heard.progress]
    assert steps == sorted(set(steps))
    assert steps[-1] == settings.training.steps_per_epoch == -(-60_000 // batch_size)
    digits_seen = np.diff([0, *(min(step * batch_size, 60_000) for step in steps)])
    mean = np.average([progress.loss for progress in heard.progress], weights=digits_seen)
    assert mean == pytest.approx(heard.epochs[0].loss, rel=1e-3)


def test_it_stops_when_asked_and_keeps_what_it_learned(few):
    heard = Heard(stop_after=3)
    untrained = network.build(config().model, seed=0).get_weights()[0]
    model = trained(config(epochs=5), few, heard)
    assert len(heard.progress) == 3
    assert not heard.epochs
    assert not np.array_equal(model.get_weights()[0], untrained)


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_stopped_in_the_middle_of_an_epoch_and_continued_it_ends_as_if_it_had_never_stopped(few, tmp_path, optimizer):
    settings = config(epochs=2, dropout=0, optimizer=optimizer, schedule=COSINE, learning_rate=0.01)
    through = trained(settings, few)
    heard = Heard(stop_after=4)
    trained(settings, few, heard).save(tmp_path / "state.keras")
    goes_on = network.load(tmp_path / "state.keras")
    steps = heard.progress[-1].step
    assert int(goes_on.optimizer.iterations) == steps < settings.training.steps_per_epoch
    train(goes_on, settings, few, Heard(), steps_done=steps)
    assert int(goes_on.optimizer.iterations) == 2 * settings.training.steps_per_epoch
    for expected, found in zip(through.get_weights(), goes_on.get_weights(), strict=True):
        assert_allclose(found, expected, atol=1e-3)


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
def test_every_way_to_train_learns(few, settings):
    assert right(trained(config(**settings), few), few.test) > 0.8


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "gelu"])
def test_every_activation_learns(few, activation):
    settings = replace(config(), model=ModelConfig(hidden_units=(32,), activation=activation))
    assert right(trained(settings, few), few.test) > 0.85


def test_bfloat16_learns_as_well_and_leaves_an_ordinary_network(few):
    model = trained(config(), few, precision=BFLOAT16)
    assert right(model, few.test) > 0.85
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}


def test_weights_that_see_no_ink_only_decay(few):
    start = network.build(config().model, seed=0).get_weights()[0]
    decayed = trained(config(epochs=1, weight_decay=0.5), few).get_weights()[0]
    assert_allclose(decayed[0], start[0] * (1 - 0.5 * 1e-3) ** 118, rtol=1e-3)  # of the upper left pixel


def test_a_learning_rate_factor_is_followed_at_once(few):
    untrained = network.build(config().model, seed=0).get_weights()[0]

    def moved(heard: Heard) -> float:
        return float(np.abs(trained(config(epochs=1), few, heard).get_weights()[0] - untrained).mean())

    assert moved(Heard(learning_rate_factor=0.01)) < moved(Heard()) / 5


def test_dropout_asked_for_replaces_the_networks_own_from_the_next_epoch_and_is_not_saved(few):
    class Asks(Heard):
        def on_epoch(self, result):
            super().on_epoch(result)
            self.asked = Control(dropout=0.9)

    heard = Asks()
    model = trained(config(dropout=0), few, heard)
    assert heard.epochs[1].accuracy < heard.epochs[0].accuracy
    assert model.get_layer("dropout_1").rate == 0


def test_slow_motion_reports_batch_by_batch(few):
    heard = Heard(stop_after=6, slow_motion=True)
    trained(config(), few, heard)
    assert [progress.step for progress in heard.progress] == [1, 2, 3, 4, 5, 6]


def test_after_a_hold_up_it_takes_many_batches_at_once_again(few, monkeypatch):
    monkeypatch.setattr(training, "FIRST_CHUNK", 1)  # as after batches that took long
    monkeypatch.setattr(training, "SECONDS_PER_CHUNK", 60.0)
    heard = Heard()
    trained(config(epochs=1), few, heard)
    assert len(heard.progress) < 10


def test_held_out_digits_are_not_trained_on(digits):
    kept, held_out = digits.hold_out(6_000)
    assert (len(kept), len(held_out)) == (54_000, 6_000)
    images = {image.tobytes() for image in kept.images}
    assert not any(image.tobytes() in images for image in held_out.images)
    settings = TrainingConfig(validation=ON_HELD_OUT)
    assert settings.steps_per_epoch == 422
    assert_array_equal(validation_split(settings, digits).labels, held_out.labels)
    assert validation_split(TrainingConfig(), digits) is digits.test


def test_a_loss_that_is_no_number_ends_it_with_advice(few):
    model = network.build(config().model, seed=0)
    model.layers[-1].set_weights([weight * np.nan for weight in model.layers[-1].get_weights()])
    with pytest.raises(TrainingDiverged, match="learning rate"):
        train(model, config(), few, Heard())


def test_handwriting_and_drawings_are_among_the_digits_of_an_epoch(few):
    drawings = few.test.take(np.arange(30))
    how = TrainingConfig(handwriting=50, drawings=70, validation=ON_HELD_OUT)
    split = training.training_split(how, few, drawings)
    assert len(split) == how.training_digits == 54_000 + 50 + 70
    assert_array_equal(split.labels[54_000:54_050], np.arange(50) % 10)
    assert_array_equal(split.images[54_050:], drawings.images[np.arange(70) % 30])


def test_fewer_digits_are_some_of_the_others_and_the_same_for_every_seed(few):
    split = training.training_split(TrainingConfig(digits=300), few)
    again = training.training_split(TrainingConfig(digits=300, seed=1), few)
    assert len(split) == 300
    assert set(np.unique(split.labels)) == set(range(10))
    assert_array_equal(split.images, again.images)
    assert pairs(split) <= pairs(few.train)


def test_shuffled_labels_say_nothing_of_the_digits(few):
    split = training.training_split(TrainingConfig(shuffled_labels=True), few)
    assert_array_equal(split.images, few.train.images)
    assert_array_equal(np.bincount(split.labels), np.bincount(few.train.labels))
    assert np.mean(split.labels == few.train.labels) == pytest.approx(0.1, abs=0.01)


def test_drawings_that_are_not_there_are_told(few):
    with pytest.raises(TrainingError, match="there are none"):
        training.training_split(TrainingConfig(drawings=10), few)


def test_it_learns_what_only_the_drawings_show(few):
    turned = Split(few.train.images[:400].transpose(0, 2, 1), few.train.labels[:400])
    escape_markdown, taught = config(epochs=1), config(epochs=1, drawings=8_000)
    assert right(trained(taught, few, drawings=turned), turned) > right(trained(escape_markdown, few), turned) + 0.2
