"""The learning curves of several runs in one chart, in one colour for each run."""

from collections.abc import Mapping
from functools import cache

import altair as alt
import pandas as pd
import streamlit as st

from mnist_core.figures.colours import RUN_COLOURS
from mnist_core.runs.view import ListedRun

MAX_RUNS = len(RUN_COLOURS)  # as many as there are distinguishable colours
HEIGHT = 340
VALIDATION, TRAINING = "new digits", "training digits"
MEASURES = {"accuracy": "Accuracy", "loss": "Loss (nats)"}
MIN_LOSS = 1e-6  # nats; a logarithmic axis has no 0


def show_curve_comparison(runs: Mapping[str, ListedRun], *, measures: tuple[str, ...], training: bool) -> None:
    """Show the ``measures``, keys of MEASURES, of at most MAX_RUNS runs, by display name, over the epochs.

    Solid lines are for validation digits. ``training`` adds dashed lines for training digits.
    """
    curves = epoch_table(runs, training=training)
    if training:
        st.caption("Solid: new digits. Dashed: the digits that it learns from.")
    last_epoch = max((listed.config.total_epochs for listed in runs.values()), default=1)
    for column, measure in zip(st.columns(len(measures)), measures, strict=True):
        column.vega_lite_chart(curves, _spec(measure, tuple(runs), last_epoch, training), width="stretch")


def epoch_table(runs: Mapping[str, ListedRun], *, training: bool) -> pd.DataFrame:
    """Return the epochs of ``runs`` as rows of (epoch, accuracy, loss, of, run)."""
    tables = []
    for name, listed in runs.items():
        epochs = listed.run.read_epochs()
        tables.append(_table(epochs["epoch"], epochs["val_accuracy"], epochs["val_loss"], VALIDATION, name))
        if training:
            tables.append(_table(epochs["epoch"], epochs["accuracy"], epochs["loss"], TRAINING, name))
    return pd.concat(tables, ignore_index=True)


def _table(epoch: object, accuracy: object, loss: object, of: str, name: str) -> pd.DataFrame:
    table = pd.DataFrame({"epoch": epoch, "accuracy": accuracy, "loss": loss, "of": of, "run": name})
    table["loss"] = table["loss"].clip(lower=MIN_LOSS)
    return table


@cache
def _spec(measure: str, names: tuple[str, ...], last_epoch: int, training: bool) -> dict:
    """Return a chart without data, for the same reason as in learning_curves.py."""
    datasets = [VALIDATION, TRAINING] if training else [VALIDATION]
    chart = (
        alt.Chart()
        .mark_line(point=last_epoch <= 20, strokeWidth=2)
        .encode(
            x=alt.X("epoch:Q", title="Epoch", scale=alt.Scale(domain=[0, last_epoch]), axis=alt.Axis(tickMinStep=1)),
            y=alt.Y(
                f"{measure}:Q",
                title=MEASURES[measure],
                scale=alt.Scale(type="log") if measure == "loss" else alt.Scale(zero=False),
                axis=alt.Axis(format="%") if measure == "accuracy" else alt.Axis(tickCount=6),
            ),
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=list(names), range=list(RUN_COLOURS[: len(names)])),
                legend=alt.Legend(orient="top", columns=2, labelLimit=300),
            ),
            strokeDash=alt.StrokeDash(
                "of:N",
                scale=alt.Scale(domain=datasets, range=[[1, 0], [5, 4]][: len(datasets)]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("run:N", title="Run"),
                alt.Tooltip("of:N", title="Of"),
                alt.Tooltip("epoch:Q", title="Epoch", format=",d"),
                alt.Tooltip("accuracy:Q", title="Accuracy", format=".2%"),
                alt.Tooltip("loss:Q", title="Loss", format=".4f"),
            ],
        )
        .properties(height=HEIGHT)
    )
    spec = chart.to_dict()
    spec.pop("datasets", None)
    spec.pop("data", None)
    return spec
