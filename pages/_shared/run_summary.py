"""A run in numbers: what it is, how far it is, how fast."""

import numpy as np
import streamlit as st

from mnist_core.config import ON_HELD_OUT, RunConfig, plain_number
from mnist_core.runs.run import Run
from mnist_core.runs.status import RUNNING, Status
from pages._shared.device import is_phone
from pages._shared.messages import escape_markdown
from pages._shared.wording import SETTING_NAMES, format_duration

HALF_A_PHONE = 150  # pixels; two numbers stand side by side
RECENT = 2.0  # seconds of training that the speed is measured over


def in_short(config: RunConfig) -> str:
    """Network and training in one line."""
    model, training = config.model, config.training
    learned = [
        f"{SETTING_NAMES[training.optimizer]} {plain_number(training.learning_rate)}",
        f"batch {training.batch_size}",
    ]
    parts = [
        escape_markdown(config.recipe),
        "-".join(map(str, (784, *model.hidden_units, 10))),
        SETTING_NAMES.get(model.activation, model.activation) + ("" if model.scaling else ", not scaled"),
        f"dropout {model.dropout:.0%}",
        *([] if config.trained_elsewhere else learned),
    ]
    if training.distortions:
        parts.append("distorted digits")
    return " · ".join(parts)


def images_per_second(config: RunConfig, batches: dict[str, np.ndarray]) -> float | None:
    """How many digits a second the network was trained on lately; None while that is not known.

    ``batches``: float64 columns as ``Run.batches`` has them.
    """
    seconds, training = batches["seconds"], config.training
    if len(seconds) < 2:
        return None
    in_epoch = np.minimum(batches["step"] * training.batch_size, training.training_digits)
    digits = (batches["epoch"] - 1) * training.training_digits + in_epoch
    first = min(int(np.searchsorted(seconds, seconds[-1] - RECENT)), len(seconds) - 2)
    return (digits[-1] - digits[first]) / max(seconds[-1] - seconds[first], 1e-9)


def progress_text(run: Run, status: Status, batches: dict[str, np.ndarray]) -> str:
    """How far ``run`` is, how fast, and how long it will take."""
    config, share = run.config, run.progress_in(batches)
    if not len(batches["epoch"]):
        return "Starting: loading TensorFlow and building the network takes a few seconds."
    if run.control.slow_motion:
        epoch, step = int(batches["epoch"][-1]), int(batches["step"][-1])
        return f"Epoch {epoch} of {config.total_epochs} · batch {step:,} of {config.training.steps_per_epoch:,}"
    epoch = min(int(share * config.training.epochs) + 1, config.training.epochs) + config.inherited_epochs
    parts = [f"Epoch {epoch} of {config.total_epochs}", _took(status)]
    if status.state == RUNNING and (speed := images_per_second(config, batches)):
        parts.append(f"about {format_duration(status.seconds / max(share, 1e-9) * (1 - share))} left")
        parts.append(f"{speed:,.0f} images a second")
    return " · ".join(parts)


def summary(run: Run, status: Status) -> str:
    """How long a run that has finished was trained, and whether it stopped early."""
    if run.config.trained_elsewhere:
        return "Trained elsewhere, scored here"
    epochs, config = run.epochs_done, run.config
    done = f"{epochs} epoch{'' if epochs == 1 else 's'}"
    if epochs >= config.total_epochs:
        return f"After {done} · {_took(status)}"
    patience = config.training.patience
    waited = "the last epoch" if patience == 1 else f"{patience} epochs"
    return f"Stopped early after {done}: no better validation accuracy for {waited} · {_took(status)}"


def _took(status: Status) -> str:
    expected = f", {format_duration(status.expected_seconds)} expected" if status.expected_seconds else ""
    return f"{format_duration(status.seconds)} of training{expected}"


def show_numbers(run: Run, status: Status, batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray]) -> None:
    """The latest numbers, or the final scores."""
    values = _final(status.scores) if status.scores else _latest(run, batches, epochs)
    phone = is_phone()
    with st.container(horizontal=True, gap="small" if phone else "medium"):
        for name, value in values.items():
            st.metric(name, value, width=HALF_A_PHONE if phone else "content")


def _final(scores: dict[str, float]) -> dict[str, str]:
    return {
        "Test accuracy": f"{scores['test_accuracy']:.2%}",
        "Test loss": f"{scores['test_loss']:.4f}",
        "Right": f"{scores['correct']:,}",
        "Wrong": f"{scores['incorrect']:,}",
    }


def _latest(run: Run, batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray]) -> dict[str, str]:
    validation = "Validation" if run.config.training.validation == ON_HELD_OUT else "Test"
    return {
        "Batch loss": last(batches["loss"], ".4f"),
        "Batch accuracy": last(batches["accuracy"], ".2%"),
        f"{validation} loss": last(epochs["val_loss"], ".4f"),
        f"{validation} accuracy": last(epochs["val_accuracy"], ".2%"),
    }


def last(column: np.ndarray, form: str) -> str:
    """The newest number of ``column``, written as ``form`` says; a dash while there is none."""
    return format(column[-1], form) if len(column) else "–"
