"""Charts that live, in Altair: loss and accuracy while a network trains."""

from functools import cache

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.runs.run import Run

TRAINING, TEST = "training batches", "test set"
HEIGHT = 340


def show_learning_curves(run: Run) -> None:
    """Loss and accuracy of ``run`` so far: a line for the batches, points for the epochs."""
    measures = curve_table(run.batches, run.epochs, steps_per_epoch=run.config.training.steps_per_epoch)
    titles = {"loss": "Loss (nats)", "accuracy": "Accuracy"}
    for column, (measure, title) in zip(st.columns(2), titles.items(), strict=True):
        column.vega_lite_chart(measures, _spec(measure, title, run.config.total_epochs), width="stretch")


def curve_table(batches: dict[str, np.ndarray], epochs: dict[str, np.ndarray], *, steps_per_epoch: int) -> pd.DataFrame:
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
        {"epoch": epochs["epoch"], "loss": epochs["val_loss"], "accuracy": epochs["val_accuracy"], "of": TEST}
    )
    return pd.concat([training, test], ignore_index=True)


@cache
def _spec(measure: str, title: str, last_epoch: int) -> dict:
    """A chart without its data. Data that comes apart from an unchanged chart is added to what the browser shows;
    an Altair chart with its data in it is built anew, in 60 ms here and much more in the browser."""
    base = alt.Chart().encode(
        x=alt.X("epoch:Q", title="Epoch", scale=alt.Scale(domain=[0, last_epoch])),
        y=alt.Y(f"{measure}:Q", title=title, scale=alt.Scale(zero=False)),
        color=alt.Color(
            "of:N",
            title=None,
            scale=alt.Scale(domain=[TRAINING, TEST], range=[TRAIN_COLOUR, TEST_COLOUR]),
            legend=alt.Legend(orient="top", labelLimit=300),
        ),
        tooltip=[
            alt.Tooltip("of:N", title="Of"),
            alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
            alt.Tooltip("loss:Q", title="Loss", format=".4f"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".2%"),
        ],
    )
    line = base.transform_filter(alt.datum.of == TRAINING).mark_line(strokeWidth=1.2, opacity=0.8)
    points = base.transform_filter(alt.datum.of == TEST).mark_line(point=True, strokeWidth=2)
    spec = alt.layer(line, points).properties(height=HEIGHT).to_dict()
    del spec["datasets"]  # Altair puts an empty one where there is none
    for layer in spec["layer"]:
        del layer["data"]
    return spec
