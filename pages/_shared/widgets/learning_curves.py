"""Charts of a training's loss and accuracy, live while it trains, in Altair."""

import math
from functools import cache

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.config import ON_HELD_OUT, RunConfig
from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR

TRAINING, TEST, HELD_OUT = "training batches", "test set", "held-out digits"
HEIGHT = 340
CLOSE_UP_BATCHES = 60
MAX_MARKED_EPOCHS = 60  # the marks of more epochs would hide the line
MAX_POINTS = 600  # per line, about the width of a screen; many browsers get them twice a second


def show_learning_curves(
    config: RunConfig, batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], *, close_up: bool = False
) -> None:
    """Show loss and accuracy of a run so far: a line for the batches, points for the epochs.

    ``batches`` and ``epochs``: columns as in a RunView. ``close_up`` shows only the last CLOSE_UP_BATCHES batches,
    each as a point.
    """
    steps = config.training.steps_per_epoch
    if close_up:
        batches, epochs = _last_batches(batches, epochs, steps)
    validation = HELD_OUT if config.training.validation == ON_HELD_OUT else TEST
    measures = curve_table(downsample(batches), epochs, steps_per_epoch=steps, validation=validation)
    if close_up:
        measures["epoch"] *= steps
    titles = {"loss": "Loss (nats)", "accuracy": "Accuracy"}
    for column, (measure, title) in zip(st.columns(2), titles.items(), strict=True):
        spec = _spec(measure, title, None if close_up else config.total_epochs, validation)
        column.vega_lite_chart(measures, spec, width="stretch")


def _last_batches(
    batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], steps: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the rows of the last CLOSE_UP_BATCHES batches; ``steps``: batches per epoch."""
    global_step = (batches["epoch"] - 1) * steps + batches["step"]
    first = global_step[-1] - CLOSE_UP_BATCHES
    return (
        {name: column[global_step > first] for name, column in batches.items()},
        {name: column[epochs["epoch"] * steps > first] for name, column in epochs.items()},
    )


def downsample(batches: dict[str, np.ndarray], *, max_points: int = MAX_POINTS) -> dict[str, np.ndarray]:
    """Return ``batches``, float64 columns as ``RunView.batches`` has them, with at most ``max_points`` rows.

    If there are more, each row combines two, four, eight ... of them: the last one's step and time, and the mean loss
    and accuracy. The factor is a power of two so that most points stay where they are when another one is added.
    """
    rows = len(batches["step"])
    if rows <= max_points:
        return batches
    size = 2 ** math.ceil(math.log2(rows / max_points))
    starts = np.arange(0, rows, size)
    ends = np.minimum(starts + size, rows)
    means = {name: np.add.reduceat(batches[name], starts) / (ends - starts) for name in ("loss", "accuracy")}
    return {name: column[ends - 1] for name, column in batches.items()} | means


def curve_table(
    batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], *, steps_per_epoch: int, validation: str = TEST
) -> pd.DataFrame:
    """Return a run's CSV columns as rows of (epoch, loss, accuracy, of); a batch's epoch is a fraction."""
    training = pd.DataFrame(
        {
            "epoch": batches["epoch"] - 1 + batches["step"] / steps_per_epoch,
            "loss": batches["loss"],
            "accuracy": batches["accuracy"],
            "of": TRAINING,
        }
    )
    test = pd.DataFrame(
        {"epoch": epochs["epoch"], "loss": epochs["val_loss"], "accuracy": epochs["val_accuracy"], "of": validation}
    )
    return pd.concat([training, test], ignore_index=True)


@cache
def _spec(measure: str, title: str, last_epoch: int | None, validation: str) -> dict:
    """Return the Vega-Lite chart without data, up to ``last_epoch``, or of the last few batches for None.

    The browser only updates the data of an unchanged chart; an Altair chart that contains its data is rebuilt,
    which takes 60 ms here and much longer in the browser.
    """
    scale = alt.Scale(domain=[0, last_epoch]) if last_epoch else alt.Scale(zero=False, nice=False)
    base = alt.Chart().encode(
        x=alt.X(
            "epoch:Q",
            title="Epoch" if last_epoch else "Batch, counted from the start",
            scale=scale,
            axis=alt.Axis(tickMinStep=1, format=",d"),
        ),
        y=alt.Y(
            f"{measure}:Q",
            title=title,
            scale=alt.Scale(zero=False),
            axis=alt.Axis(format="~%" if measure == "accuracy" else ".5~g"),
        ),
        color=alt.Color(
            "of:N",
            title=None,
            scale=alt.Scale(domain=[TRAINING, validation], range=[TRAIN_COLOUR, TEST_COLOUR]),
            legend=alt.Legend(orient="top", labelLimit=300),
        ),
        tooltip=[
            alt.Tooltip("of:N", title="Of"),
            alt.Tooltip("epoch:Q", title="Epoch" if last_epoch else "Batch", format=".2f" if last_epoch else ".0f"),
            alt.Tooltip("loss:Q", title="Loss", format=".4f"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".2%"),
        ],
    )
    line = base.transform_filter(alt.datum.of == TRAINING).mark_line(strokeWidth=1.2, point=not last_epoch)
    marked = not last_epoch or last_epoch <= MAX_MARKED_EPOCHS
    points = base.transform_filter(alt.datum.of == validation).mark_line(point=marked, strokeWidth=2)
    spec = alt.layer(line, points).properties(height=HEIGHT).to_dict()
    del spec["datasets"]  # Altair adds an empty one when the chart has no data
    for layer in spec["layer"]:
        del layer["data"]
    return spec
