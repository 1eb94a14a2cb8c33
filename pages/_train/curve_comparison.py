"""The curves of several runs in one chart, a colour for each run."""

from collections.abc import Mapping
from functools import cache

import altair as alt
import pandas as pd
import streamlit as st

from mnist_core.figures.colours import RUN_COLOURS
from mnist_core.runs.run import Run

MOST = len(RUN_COLOURS)  # runs whose colours can be told apart
HEIGHT = 340
VALIDATION, TRAINING = "new digits", "training digits"
MEASURES = {"accuracy": "Accuracy", "loss": "Loss (nats)"}
SMALLEST_LOSS = 1e-6  # nats; a logarithmic axis has no 0


def show_overlay(runs: Mapping[str, Run], *, measures: tuple[str, ...], training: bool) -> None:
    """Draw the ``measures``, some of MEASURES, of at most MOST runs by what they are called, epoch by epoch.

    A solid line is of digits that the run does not learn from. ``training`` adds a dashed one, of those it learns from.
    """
    curves = overlaid(runs, training=training)
    if training:
        st.caption("Solid: new digits. Dashed: the digits that it learns from.")
    last = max((run.config.total_epochs for run in runs.values()), default=1)
    for column, measure in zip(st.columns(len(measures)), measures, strict=True):
        column.vega_lite_chart(curves, _spec(measure, tuple(runs), last, training), width="stretch")


def overlaid(runs: Mapping[str, Run], *, training: bool) -> pd.DataFrame:
    """The epochs of ``runs`` as rows of (epoch, accuracy, loss, of, run)."""
    tables = []
    for name, run in runs.items():
        epochs = run.epochs
        tables.append(_table(epochs["epoch"], epochs["val_accuracy"], epochs["val_loss"], VALIDATION, name))
        if training:
            tables.append(_table(epochs["epoch"], epochs["accuracy"], epochs["loss"], TRAINING, name))
    return pd.concat(tables, ignore_index=True)


def _table(epoch: object, accuracy: object, loss: object, of: str, name: str) -> pd.DataFrame:
    table = pd.DataFrame({"epoch": epoch, "accuracy": accuracy, "loss": loss, "of": of, "run": name})
    table["loss"] = table["loss"].clip(lower=SMALLEST_LOSS)
    return table


@cache
def _spec(measure: str, names: tuple[str, ...], last_epoch: int, training: bool) -> dict:
    """A chart without its data, as charts.py has it."""
    kinds = [VALIDATION, TRAINING] if training else [VALIDATION]
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
                scale=alt.Scale(domain=kinds, range=[[1, 0], [5, 4]][: len(kinds)]),
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
