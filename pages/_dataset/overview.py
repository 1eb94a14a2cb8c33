"""Dataset, At a glance: charts and mean images of both splits; a press on a mean image opens its class."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from mnist_core.digits import mnist, statistics
from mnist_core.digits.reference import SPLIT_NAMES, Digit
from mnist_core.digits.statistics import Statistics
from mnist_core.figures.colours import DIGIT_COLOURS, TEST_COLOUR, TRAIN_COLOUR
from pages._dataset.open_digit import DIGIT_CONTAINER_KEY
from pages._dataset.selection import CLASS, VIEW, get_open_digit, set_open_digit
from pages._shared.widgets.cards import Card, cards_html
from pages._shared.widgets.digit_picker import choose_digit

SCALE = alt.Scale(domain=list(range(10)), range=list(DIGIT_COLOURS))
UNUSED = np.array([238, 119, 51], np.uint8)  # RGB of TEST_COLOUR, distinct from all greys


def show_glance() -> None:
    """Show counts, ink, mean images, standard deviations, and the pixels that are always background."""
    splits = {name: statistics.of_split(name) for name in SPLIT_NAMES}
    left, right = st.columns(2, gap="large")
    with left:
        _show_counts(splits)
    with right:
        _show_ink(splits["train"])
    _show_classes(splits["train"])
    st.subheader("Pixel by pixel")
    for column, (name, facts) in zip(st.columns(2, gap="large"), splits.items(), strict=True):
        with column:
            _show_pixels(SPLIT_NAMES[name], facts)


def _show_counts(splits: dict[str, Statistics]) -> None:
    st.subheader("How many of each digit")
    train = splits["train"].counts
    st.markdown(
        f"The classes are nearly even: of the training digits {train.argmax()} is the most frequent "
        f"({train.max():,}), {train.argmin()} the least ({train.min():,})."
    )
    table = pd.DataFrame(
        {"digit": digit, "split": name, "count": count, "share": count / facts.counts.sum()}
        for name, facts in splits.items()
        for digit, count in enumerate(facts.counts)
    ).replace({"split": SPLIT_NAMES})
    colours = alt.Scale(domain=list(SPLIT_NAMES.values()), range=[TRAIN_COLOUR, TEST_COLOUR])
    base = alt.Chart(table, height=290).encode(
        x=alt.X("digit:O", title="Digit", axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("split:N", sort=list(SPLIT_NAMES.values())),
        y=alt.Y("count:Q", title="Digits"),
        color=alt.Color("split:N", title=None, scale=colours, legend=alt.Legend(orient="top")),
        tooltip=[
            alt.Tooltip("digit:O", title="Digit"),
            alt.Tooltip("split:N", title="Split"),
            alt.Tooltip("count:Q", title="Digits", format=","),
            alt.Tooltip("share:Q", title="Share of its split", format=".1%"),
        ],
    )
    st.altair_chart(base.mark_bar(), width="stretch")


def _show_ink(facts: Statistics) -> None:
    st.subheader("How much ink a digit takes")
    most, least = facts.ink[:, 2].argmax(), facts.ink[:, 2].argmin()
    st.markdown(
        f"The mean value of a training digit's pixels. A {most} takes most, a {least} least: less than half. "
        "Bars hold the middle half of a class, lines nine in ten."
    )
    names = ["low", "lower", "median", "upper", "high"]
    table = pd.DataFrame(facts.ink, columns=names).assign(digit=range(10))
    base = alt.Chart(table, height=265).encode(
        x=alt.X("digit:O", title="Digit", axis=alt.Axis(labelAngle=0)),
        color=alt.Color("digit:O", scale=SCALE, legend=None),
        tooltip=[alt.Tooltip("digit:O", title="Digit"), *_quantiles(names)],
    )
    lines = base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", title="Mean pixel value, 0 to 255"), y2="high:Q")
    boxes = base.mark_bar(size=22).encode(y="lower:Q", y2="upper:Q")
    medians = base.mark_tick(size=22, thickness=2).encode(y="median:Q", color=alt.value("white"))
    st.altair_chart(lines + boxes + medians, width="stretch")


def _quantiles(names: list[str]) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(f"{name}:Q", title=f"{share:.0%} have less than", format=".1f")
        for name, share in zip(names, statistics.QUANTILES, strict=True)
    ]


def _show_classes(facts: Statistics) -> None:
    st.subheader("The mean image of each digit")
    st.markdown(
        "Each pixel is the mean over all training digits of that class. Where people write alike, the mean is sharp. "
        "Click one to see the digits it is made of."
    )
    _choose_class(facts.means, key="dataset_means")
    st.markdown("Their standard deviation: bright where people differ, at the edges of strokes.")
    _choose_class(facts.deviations, key="dataset_deviations")


def _choose_class(images: np.ndarray, *, key: str) -> None:
    """Show ``images``, float (10, 28, 28), 0 to 255, one per class, as buttons that open the class."""
    with st.container(width=930):
        choose_digit(
            images.round().astype(np.uint8),
            [str(digit) for digit in range(10)],
            [f"All {digit}s" for digit in range(10)],
            chosen=None,
            key=key,
            shown_in=DIGIT_CONTAINER_KEY,
            on_choose=_browse,
        )


def _browse(label: int) -> None:
    """Open the first digit of class ``label`` in the Browse view, filtered by that class."""
    split = get_open_digit().split
    set_open_digit(Digit(split, int(np.argmax(mnist.load().split(split).labels == label))))
    CLASS.set(str(label))
    VIEW.set("browse")


def _show_pixels(name: str, facts: Statistics) -> None:
    deviation, unused = facts.deviation, facts.unused
    brightest = np.where(unused[..., None], UNUSED, facts.brightest[..., None])
    cards = [
        Card(facts.mean.round().astype(np.uint8), "Mean", f"Over all {facts.counts.sum():,} {name} digits."),
        Card(
            deviation.round().astype(np.uint8),
            "Standard deviation",
            f"At most {deviation.max():.0f}, where ink and background are about as frequent.",
        ),
        Card(
            brightest.astype(np.uint8),
            "Brightest ever",
            f"{unused.sum()} of 784 pixels (orange) are background in every {name} digit.",
        ),
    ]
    st.html(cards_html(cards, side=118))
