"""Summaries of a run: its configuration, progress, speed and scores."""

import numpy as np
import streamlit as st

from mnist_core.config import ON_HELD_OUT, RunConfig, plain_number
from mnist_core.runs.status import RUNNING, Status
from mnist_core.runs.view import RunView
from pages._shared.device import is_phone
from pages._shared.messages import escape_markdown
from pages._shared.wording import SETTING_NAMES, format_duration

PHONE_METRIC_WIDTH = 150  # CSS pixels; two metrics fit side by side
SPEED_WINDOW_SECONDS = 2.0  # of training, over which the speed is measured


def config_summary(config: RunConfig) -> str:
    """Return the network and its training in one line of Markdown."""
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
    """Return the current training speed in digits per second; None while it is not known.

    ``batches``: float64 columns as ``RunView.batches`` has them.
    """
    seconds, training = batches["seconds"], config.training
    if len(seconds) < 2:
        return None
    in_epoch = np.minimum(batches["step"] * training.batch_size, training.training_digits)
    digits = (batches["epoch"] - 1) * training.training_digits + in_epoch
    first = min(int(np.searchsorted(seconds, seconds[-1] - SPEED_WINDOW_SECONDS)), len(seconds) - 2)
    return (digits[-1] - digits[first]) / max(seconds[-1] - seconds[first], 1e-9)


def progress_text(view: RunView) -> str:
    """Return the progress of a run, its speed, and the estimated time left."""
    config, status, batches, share = view.config, view.status, view.batches, view.progress
    if not len(batches["epoch"]):
        return "Starting: loading TensorFlow and building the network takes a few seconds."
    if view.control.slow_motion:
        epoch, step = int(batches["epoch"][-1]), int(batches["step"][-1])
        return f"Epoch {epoch} of {config.total_epochs} · batch {step:,} of {config.training.steps_per_epoch:,}"
    epoch = min(int(share * config.training.epochs) + 1, config.training.epochs) + config.inherited_epochs
    parts = [f"Epoch {epoch} of {config.total_epochs}", _duration_text(status)]
    if status.state == RUNNING and (speed := images_per_second(config, batches)):
        parts.append(f"about {format_duration(status.seconds / max(share, 1e-9) * (1 - share))} left")
        parts.append(f"{speed:,.0f} images a second")
    return " · ".join(parts)


def summary(view: RunView) -> str:
    """Return how long a finished run was trained, and whether it stopped early."""
    config, status, epochs = view.config, view.status, view.epochs_done
    if config.trained_elsewhere:
        return "Trained elsewhere, scored here"
    epochs_text = f"{epochs} epoch{'' if epochs == 1 else 's'}"
    if epochs >= config.total_epochs:
        return f"After {epochs_text} · {_duration_text(status)}"
    patience = config.training.patience
    waited = "the last epoch" if patience == 1 else f"{patience} epochs"
    return f"Stopped early after {epochs_text}: no better validation accuracy for {waited} · {_duration_text(status)}"


def _duration_text(status: Status) -> str:
    expected = f", {format_duration(status.expected_seconds)} expected" if status.expected_seconds else ""
    return f"{format_duration(status.seconds)} of training{expected}"


def show_numbers(view: RunView) -> None:
    """Show the final scores, or the latest loss and accuracy of a run without scores."""
    values = _final_scores(view.status.scores) if view.status.scores else _latest_values(view)
    phone = is_phone()
    with st.container(horizontal=True, gap="small" if phone else "medium"):
        for name, value in values.items():
            st.metric(name, value, width=PHONE_METRIC_WIDTH if phone else "content")


def _final_scores(scores: dict[str, float]) -> dict[str, str]:
    return {
        "Test accuracy": f"{scores['test_accuracy']:.2%}",
        "Test loss": f"{scores['test_loss']:.4f}",
        "Right": f"{scores['correct']:,}",
        "Wrong": f"{scores['incorrect']:,}",
    }


def _latest_values(view: RunView) -> dict[str, str]:
    batches, epochs = view.batches, view.epochs
    validation = "Validation" if view.config.training.validation == ON_HELD_OUT else "Test"
    return {
        "Batch loss": format_last(batches["loss"], ".4f"),
        "Batch accuracy": format_last(batches["accuracy"], ".2%"),
        f"{validation} loss": format_last(epochs["val_loss"], ".4f"),
        f"{validation} accuracy": format_last(epochs["val_accuracy"], ".2%"),
    }


def format_last(column: np.ndarray, format_spec: str) -> str:
    """Return the last number of ``column`` formatted with ``format_spec``; a dash if it is empty."""
    return format(column[-1], format_spec) if len(column) else "–"
