"""Errors, calibration: the reliability diagram, temperature scaling and the confidence threshold of a network."""

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

HEIGHT_PIXELS = 300
THRESHOLDS = np.concatenate([np.arange(0, 0.99, 0.01), np.arange(0.99, 1, 0.001), [0.9995, 0.9999]])
MIN_BIN_COUNT = 20  # predictions; a bin with fewer is drawn pale, as its accuracy is mostly chance
TEMPERATURE_KEY = "errors_temperature"  # widget key


def show_calibration(run: Run, probabilities: np.ndarray, labels: np.ndarray) -> None:
    """Show the reliability diagram and the threshold curves of ``probabilities``, float32 (10000, 10)."""
    st.subheader("Is it as often right as it is sure?")
    st.markdown(
        "A network that says “90 % sure” should be right nine times in ten. The bars show how often it is right, the "
        "line what it claims: a bar below the line is a boast, one above it is modesty."
    )
    scaling = st.toggle(
        "Temperature scaling",
        key=TEMPERATURE_KEY,
        persist_state="session",
        help="Divides all logits by one number before the softmax (Guo et al., 2017). No answer changes, only how sure "
        "the network is of it.",
    )
    scaled = probabilities  # or divided by a temperature
    if scaling:
        scaled, how = _temperature_scaled(run, probabilities, labels)
        st.markdown(f"{how} {_change_text(probabilities, scaled, labels)}")
    bins = reliability(scaled, labels)
    left, right = st.columns(2, gap="large")
    with left:
        st.metric(
            "Expected calibration error",
            f"{bins.error:.2%}",
            delta=f"{bins.error - reliability(probabilities, labels).error:+.2%}" if scaling else None,
            delta_color="inverse",
            width="content",
            help=f"How far sureness and rightness lie apart, the mean over {BINS} bins, each by its answers.",
        )
        st.altair_chart(_diagram(bins), alt="How often answers are right, by how sure the network was of them.")
        st.caption(f"Pale bars have fewer than {MIN_BIN_COUNT} answers: what they say is mostly chance.")
    with right:
        _show_thresholds(scaled, labels)


def _temperature_scaled(run: Run, probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the temperature-scaled probabilities and a text that says how the temperature was fitted."""
    temperature = run.evaluation.read_temperature()
    if temperature is not None:
        held_out = run.read_config().training.held_out
        return tempered(probabilities, temperature), (
            f"The temperature is **{temperature:.2f}**, fitted on the {held_out:,} training digits that were held "
            "out from this network's training."
        )
    scaled, temperatures = _cross_tempered(probabilities, labels)
    first, second = (f"{each:.2f}" for each in temperatures)
    return scaled, (
        f"The temperature is **{first}** for one half of the test digits and **{second}** for the other. This network "
        "has trained on all training digits, so each half's was fitted on the other: no digit has a say in its own."
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _cross_tempered(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    return cross_tempered(probabilities, labels)


def _change_text(before: np.ndarray, after: np.ndarray, labels: np.ndarray) -> str:
    was, now = cross_entropy(before, labels), cross_entropy(after, labels)
    surer = after.max(axis=1).mean() > before.max(axis=1).mean()
    return (
        f"It makes the network {'surer' if surer else 'less sure'}, and takes the log loss from {was:.4f} to {now:.4f} "
        "nats. The accuracy stays as it is."
    )


def _diagram(bins: Reliability) -> alt.LayerChart:
    edges = np.linspace(0, 1, BINS + 1)
    rows = pd.DataFrame(
        {
            "from": edges[:-1],
            "to": edges[1:],
            "right": bins.accuracy,
            "claimed": bins.confidence,
            "answers": bins.count,
            "known": np.where(bins.count < MIN_BIN_COUNT, 0.35, 0.9),
        }
    )[bins.count > 0]
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
    return (bars + claim).properties(height=HEIGHT_PIXELS)


def _show_thresholds(probabilities: np.ndarray, labels: np.ndarray) -> None:
    per_cent = st.slider(
        "Answer only when at least this sure (%)", 0.0, 99.9, 90.0, 0.1, key="errors_threshold", persist_state="session"
    )
    selected = selective(probabilities, labels, np.array([per_cent / 100]))
    st.altair_chart(
        _curves(selective(probabilities, labels, THRESHOLDS), per_cent / 100),
        alt="The share of digits that are answered and the accuracy of the answers, by threshold.",
    )
    st.markdown(threshold_text(selected, len(labels)))


def threshold_text(selected: Selective, digits: int) -> str:
    """Describe coverage and accuracy at the single threshold of ``selected``; ``digits`` is the number of digits."""
    answered, accuracy = selected.answered[0], selected.accuracy[0]
    silent = round(digits * (1 - answered))
    if not answered:
        return "It is never that sure: it answers nothing."
    if not silent:
        return f"It is always that sure: it answers all digits, **{accuracy:.2%}** of them right."
    return (
        f"It answers **{answered:.2%}** of the digits and is right in **{accuracy:.2%}** of these. "
        f"It leaves {silent:,} to a person."
    )


def _curves(curves: Selective, threshold: float) -> alt.LayerChart:
    names = {"digits answered": curves.answered, "answers right": curves.accuracy}
    rows = pd.DataFrame({"threshold": curves.thresholds} | names).melt(
        "threshold", var_name="share", value_name="value"
    )
    lowest = float(np.floor(20 * min(curves.answered.min(), np.nanmin(curves.accuracy))) / 20)
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
    return (lines + rule).properties(height=HEIGHT_PIXELS)
