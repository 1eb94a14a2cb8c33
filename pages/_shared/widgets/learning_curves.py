"""Charts that live, in Altair: loss and accuracy while a network trains."""

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
UP_CLOSE = 60  # batches
MOST_MARKED = 60  # epochs; the marks of more would hide the line
MOST_POINTS = 600  # of a line, as many as a screen shows; a room full of browsers gets them twice a second


def show_learning_curves(
    config: RunConfig, batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], *, up_close: bool = False
) -> None:
    """Loss and accuracy of a run so far: a line for the batches, points for the epochs.

    ``batches`` and ``epochs``: columns as ``Run.batches`` and ``Run.epochs`` have them. ``up_close`` shows the last
    few batches alone, each as a point.
    """
    steps = config.training.steps_per_epoch
    if up_close:
        batches, epochs = _last_batches(batches, epochs, steps)
    validation = HELD_OUT if config.training.validation == ON_HELD_OUT else TEST
    measures = curve_table(thinned(batches), epochs, steps_per_epoch=steps, validation=validation)
    if up_close:
        measures["epoch"] *= steps
    titles = {"loss": "Loss (nats)", "accuracy": "Accuracy"}
    for column, (measure, title) in zip(st.columns(2), titles.items(), strict=True):
        spec = _spec(measure, title, None if up_close else config.total_epochs, validation)
        column.vega_lite_chart(measures, spec, width="stretch")


def _last_batches(
    batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], steps: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What belongs to the last UP_CLOSE batches, of epochs with ``steps`` batches."""
    place = (batches["epoch"] - 1) * steps + batches["step"]
    first = place[-1] - UP_CLOSE
    return (
        {name: column[place > first] for name, column in batches.items()},
        {name: column[epochs["epoch"] * steps > first] for name, column in epochs.items()},
    )


def thinned(batches: dict[str, np.ndarray], *, at_most: int = MOST_POINTS) -> dict[str, np.ndarray]:
    """``batches``, float64 columns as ``Run.batches`` has them, as at most so many rows.

    Where there are more, each row stands for as many as two, four, eight ... of them: the last one's place and time,
    the mean of their loss and accuracy. So most points stay where they are when another one comes.
    """
    rows = len(batches["step"])
    if rows <= at_most:
        return batches
    size = 2 ** math.ceil(math.log2(rows / at_most))
    starts = np.arange(0, rows, size)
    ends = np.minimum(starts + size, rows)
    means = {name: np.add.reduceat(batches[name], starts) / (ends - starts) for name in ("loss", "accuracy")}
    return {name: column[ends - 1] for name, column in batches.items()} | means


def curve_table(
    batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], *, steps_per_epoch: int, validation: str = TEST
) -> pd.DataFrame:
    """The columns of a run's CSVs as rows of (epoch, loss, accuracy, of); a batch's epoch is a fraction."""
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
    """A chart without its data, up to ``last_epoch``, or of the last few batches for None.

    Data that comes apart from an unchanged chart is added to what the browser shows;
    an Altair chart with its data in it is built anew, in 60 ms here and much more in the browser.
    """
    scale = alt.Scale(domain=[0, last_epoch]) if last_epoch else alt.Scale(zero=False, nice=False)
    base = alt.Chart().encode(
        x=alt.X(
            "epoch:Q",
            title="Epoch" if last_epoch else "Batch, counted from the start",
            scale=scale,
            axis=alt.Axis(tickMinStep=1, format=",d"),
        ),
        y=alt.Y(f"{measure}:Q", title=title, scale=alt.Scale(zero=False)),
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
    marked = not last_epoch or last_epoch <= MOST_MARKED
    points = base.transform_filter(alt.datum.of == validation).mark_line(point=marked, strokeWidth=2)
    spec = alt.layer(line, points).properties(height=HEIGHT).to_dict()
    del spec["datasets"]  # Altair puts an empty one where there is none
    for layer in spec["layer"]:
        del layer["data"]
    return spec
