"""Charts that live, in Altair: loss and accuracy while a network trains."""

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


def show_learning_curves(
    config: RunConfig, batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], *, up_close: bool = False
) -> None:
    """Loss and accuracy of a run so far: a line for the batches, points for the epochs.

    ``batches`` and ``epochs``: columns as ``Run.batches`` and ``Run.epochs`` have them. ``up_close`` shows the last
    few batches alone, each as a point.
    """
    if up_close:
        batches = {name: column[-UP_CLOSE:] for name, column in batches.items()}
        epochs = {name: column[:0] for name, column in epochs.items()}
    validation = HELD_OUT if config.training.validation == ON_HELD_OUT else TEST
    measures = curve_table(batches, epochs, steps_per_epoch=config.training.steps_per_epoch, validation=validation)
    last_epoch = None if up_close else config.total_epochs
    titles = {"loss": "Loss (nats)", "accuracy": "Accuracy"}
    for column, (measure, title) in zip(st.columns(2), titles.items(), strict=True):
        column.vega_lite_chart(measures, _spec(measure, title, last_epoch, validation), width="stretch")


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
        x=alt.X("epoch:Q", title="Epochs", scale=scale),
        y=alt.Y(f"{measure}:Q", title=title, scale=alt.Scale(zero=False)),
        color=alt.Color(
            "of:N",
            title=None,
            scale=alt.Scale(domain=[TRAINING, validation], range=[TRAIN_COLOUR, TEST_COLOUR]),
            legend=alt.Legend(orient="top", labelLimit=300),
        ),
        tooltip=[
            alt.Tooltip("of:N", title="Of"),
            alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
            alt.Tooltip("loss:Q", title="Loss", format=".4f"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".2%"),
        ],
    )
    line = base.transform_filter(alt.datum.of == TRAINING).mark_line(strokeWidth=1.2, opacity=0.8, point=not last_epoch)
    points = base.transform_filter(alt.datum.of == validation).mark_line(point=True, strokeWidth=2)
    spec = alt.layer(line, points).properties(height=HEIGHT).to_dict()
    del spec["datasets"]  # Altair puts an empty one where there is none
    for layer in spec["layer"]:
        del layer["data"]
    return spec
