"""Dataset, Find alike: the digits most similar to the open one, the usual and the strange, and those that are near."""

import numpy as np
import streamlit as st

from mnist_core.digits import neighbours
from mnist_core.digits.reference import Digit
from mnist_core.digits.similarity import most_similar
from pages._dataset.open_digit import choose_among, show_open_digit
from pages._dataset.selection import choose_class, open_digit

SIMILAR = 20
MOST = 20  # of each kind
PAIRS = 20
NEAR = 500  # a distance: less than half of what lies between a digit and its nearest, in the middle of all 70,000
SCOPES = {"across": "Across training and test", "train": "Within training", "test": "Within test"}


def show_find() -> None:
    """The choice of what to look for, what was found, and the open digit beside it."""
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        kind = st.segmented_control(
            "Look for",
            list(KINDS),
            default="Most similar",
            required=True,
            wrap=True,
            key="dataset_kind",
            persist_state="session",
        )
        KINDS[kind]()
    with right:
        show_open_digit()


def _show_similar() -> None:
    digit = open_digit()
    found = most_similar(digit.split, digit.index, count=SIMILAR)
    others = [Digit(split, index) for split, index, _ in found]
    agreeing = sum(other.label == digit.label for other in others)
    st.markdown(
        f"The {SIMILAR} digits most similar to {digit.name.lower()}, a **{digit.label}**, among all 70,000. "
        f"{agreeing} of them are labelled {digit.label} too. Click one to open it and to go on from there."
    )
    captions = [f"{other.label} · {far:,.0f}" for other, (*_, far) in zip(others, found, strict=True)]
    choose_among(others, captions, key="similar")
    st.caption(
        "Below each: its label and its distance, the square root of the sum of the squared differences of all 784 "
        "pixel values. Nothing is shifted or turned before: the same 1 two pixels further right is far away."
    )


def _show_typical() -> None:
    label = choose_class()
    if label is None:
        label = open_digit().label
    facts, labels = neighbours.load(), neighbours.labels()
    ordered = neighbours.typical_first(facts, labels, label)
    lonely = neighbours.lonely_first(facts, labels, label)[:MOST]
    st.markdown(f"**The most typical {label}s**: many others are much like them.")
    _show_numbered(ordered[:MOST], [f"{facts.strangeness[number]:,.0f}" for number in ordered[:MOST]], key="typical")
    st.markdown(f"**The strangest {label}s**: even the {label}s most like them are far away.")
    strange = ordered[::-1][:MOST]
    _show_numbered(strange, [f"{facts.strangeness[number]:,.0f}" for number in strange], key="strange")
    st.markdown(f"**{label}s among others**: most digits like them have another label. Some labels may be wrong.")
    _show_numbered(lonely, [f"{facts.agreement[number]} of 10" for number in lonely], key="lonely")
    st.caption(
        f"Typical and strange go by the mean distance in pixels to the ten nearest {label}s, which stands below each; "
        f"all 70,000 digits are compared. The last rows tell how many of the ten nearest digits are {label}s."
    )


def _show_numbered(numbers: np.ndarray, captions: list[str], *, key: str) -> None:
    choose_among([Digit.numbered(int(number)) for number in numbers], captions, key=key)


def _show_pairs() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        scope = st.segmented_control(
            "Pairs",
            list(SCOPES),
            default="across",
            required=True,
            format_func=SCOPES.get,
            wrap=True,
            key="dataset_pairs",
            persist_state="session",
        )
        label = choose_class()
    facts = neighbours.load()
    usual = float(np.sqrt(np.median(facts.squared.min(axis=1))))
    pairs, distances = neighbours.closest_pairs(facts, neighbours.labels(), scope, label)
    kind = "digits" if label is None else f"{label}s"
    st.markdown(
        f"No two of the 70,000 pictures are the same. Of the {kind} here, **{(distances < NEAR).sum():,} pairs** are "
        f"nearer to each other than {NEAR}, less than half of what is usual. The closest, two by two:"
    )
    shown = [Digit.numbered(int(number)) for number in pairs[:PAIRS].ravel()]
    captions = [f"{digit.label} · {far:,.0f}" for digit, far in zip(shown, distances[:PAIRS].repeat(2), strict=True)]
    choose_among(shown, captions, key="pairs")
    st.caption(
        "Each digit is paired with its nearest; below stand the label and the distance in pixel values. Half of all "
        f"digits have one within {usual:,.0f}. Nearly all close pairs are 1s: two people's straight strokes hardly "
        "differ. So a near pair is no proof of a copy."
    )


KINDS = {"Most similar": _show_similar, "Typical and strange": _show_typical, "Near-duplicates": _show_pairs}
