"""Errors, how well a network knows its limits: its sureness beside its rightness, and answering only when sure."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.evaluation.calibration import (
    BINS,
    Reliability,
    Selective,
    cross_tempered,
    reliability,
    selective,
    tempered,
)
from mnist_core.evaluation.scores import cross_entropy
from mnist_core.figures.colours import TEST_COLOUR, TRAIN_COLOUR
from mnist_core.runs.run import Run

HEIGHT = 300
THRESHOLDS = np.concatenate([np.arange(0, 0.99, 0.01), np.arange(0.99, 1, 0.001), [0.9995, 0.9999]])
FEW = 20  # answers in a bin, whose accuracy is hardly known
SWITCH = "errors_temperature"  # in the session


def show_calibration(run: Run, answers: np.ndarray, labels: np.ndarray) -> None:
    """The reliability diagram and the thresholds of ``answers``, float32 (10000, 10), or of them as tempered."""
    st.subheader("Is it as often right as it is sure?")
    st.markdown(
        "A network that says “90 % sure” should be right nine times in ten. The bars show how often it is right, the "
        "line what it claims: a bar below the line is a boast, one above it is modesty."
    )
    cooled = st.toggle(
        "Temperature scaling",
        key=SWITCH,
        persist_state="session",
        help="Divides all logits by one number before the softmax (Guo et al., 2017). No answer changes, only how sure "
        "the network is of it.",
    )
    shown = answers
    if cooled:
        shown, how = _tempered(run, answers, labels)
        st.markdown(f"{how} {_change(answers, shown, labels)}")
    found = reliability(shown, labels)
    left, right = st.columns(2, gap="large")
    with left:
        st.metric(
            "Expected calibration error",
            f"{found.error:.2%}",
            delta=f"{found.error - reliability(answers, labels).error:+.2%}" if cooled else None,
            delta_color="inverse",
            width="content",
            help=f"How far sureness and rightness lie apart, the mean over {BINS} bins, each by its answers.",
        )
        st.altair_chart(_diagram(found), alt="How often answers are right, by how sure the network was of them.")
        st.caption(f"Pale bars have fewer than {FEW} answers: what they say is mostly chance.")
    with right:
        _show_thresholds(shown, labels)


def _tempered(run: Run, answers: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, str]:
    """The answers with a temperature, and where that comes from."""
    temperature = run.temperature
    if temperature is not None:
        held_out = run.config.training.held_out
        return tempered(answers, temperature), (
            f"The temperature is **{temperature:.2f}**, fitted on the {held_out:,} training digits that were held "
            "out from this network's training."
        )
    made, temperatures = _cross_tempered(answers, labels)
    first, second = (f"{each:.2f}" for each in temperatures)
    return made, (
        f"The temperature is **{first}** for one half of the test digits and **{second}** for the other. This network "
        "has trained on all training digits, so each half's was fitted on the other: no digit has a say in its own."
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _cross_tempered(answers: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    return cross_tempered(answers, labels)


def _change(before: np.ndarray, after: np.ndarray, labels: np.ndarray) -> str:
    was, now = cross_entropy(before, labels), cross_entropy(after, labels)
    surer = after.max(axis=1).mean() > before.max(axis=1).mean()
    return (
        f"It makes the network {'surer' if surer else 'less sure'}, and takes the log loss from {was:.4f} to {now:.4f} "
        "nats. The accuracy stays as it is."
    )


def _diagram(found: Reliability) -> alt.LayerChart:
    edges = np.linspace(0, 1, BINS + 1)
    rows = pd.DataFrame(
        {
            "from": edges[:-1],
            "to": edges[1:],
            "right": found.accuracy,
            "claimed": found.confidence,
            "answers": found.count,
            "known": np.where(found.count < FEW, 0.35, 0.9),
        }
    )[found.count > 0]
    x = alt.X("from:Q", title="How sure it was", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    bars = (
        alt.Chart(rows)
        .mark_bar(color=TRAIN_COLOUR)
        .encode(
            x=x,
            x2="to:Q",
            y2=alt.datum(0),
            y=alt.Y(
                "right:Q", title="How often it was right", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")
            ),
            opacity=alt.Opacity("known:Q", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("claimed:Q", title="Sure, on average", format=".1%"),
                alt.Tooltip("right:Q", title="Right", format=".1%"),
                alt.Tooltip("answers:Q", title="Answers", format=","),
            ],
        )
    )
    diagonal = pd.DataFrame({"sure": [0.0, 1.0]})
    claim = alt.Chart(diagonal).mark_line(color=TEST_COLOUR, strokeDash=[6, 4]).encode(x="sure:Q", y="sure:Q")
    return (bars + claim).properties(height=HEIGHT)


def _show_thresholds(answers: np.ndarray, labels: np.ndarray) -> None:
    per_cent = st.slider(
        "Answer only when at least this sure (%)", 0.0, 99.9, 90.0, 0.1, key="errors_threshold", persist_state="session"
    )
    at = selective(answers, labels, np.array([per_cent / 100]))
    st.altair_chart(
        _curves(selective(answers, labels, THRESHOLDS), per_cent / 100),
        alt="The share of digits that are answered and the accuracy of the answers, by threshold.",
    )
    st.markdown(threshold_text(at, len(labels)))


def threshold_text(at: Selective, digits: int) -> str:
    """What the one threshold of ``at`` does to so many ``digits``."""
    answered, accuracy = at.answered[0], at.accuracy[0]
    silent = round(digits * (1 - answered))
    if not answered:
        return "It is never that sure: it answers nothing."
    if not silent:
        return f"It is always that sure: it answers all digits, **{accuracy:.2%}** of them right."
    return (
        f"It answers **{answered:.2%}** of the digits and is right in **{accuracy:.2%}** of these. "
        f"It leaves {silent:,} to a person."
    )


def _curves(found: Selective, threshold: float) -> alt.LayerChart:
    names = {"digits answered": found.answered, "answers right": found.accuracy}
    rows = pd.DataFrame({"threshold": found.thresholds} | names).melt("threshold", var_name="share", value_name="value")
    lowest = float(np.floor(20 * min(found.answered.min(), np.nanmin(found.accuracy))) / 20)
    lines = (
        alt.Chart(rows.dropna())
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("threshold:Q", title="Threshold", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")),
            y=alt.Y(
                "value:Q",
                title=None,
                scale=alt.Scale(domain=[min(lowest, 0.95), 1], clamp=True),
                axis=alt.Axis(format="%"),
            ),
            color=alt.Color(
                "share:N",
                title=None,
                scale=alt.Scale(domain=list(names), range=[TRAIN_COLOUR, TEST_COLOUR]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("threshold:Q", title="Threshold", format=".1%"),
                alt.Tooltip("share:N", title="Share of"),
                alt.Tooltip("value:Q", title="Share", format=".2%"),
            ],
        )
    )
    rule = alt.Chart(pd.DataFrame({"at": [threshold]})).mark_rule(color="gray", strokeDash=[4, 4]).encode(x="at:Q")
    return (lines + rule).properties(height=HEIGHT)
