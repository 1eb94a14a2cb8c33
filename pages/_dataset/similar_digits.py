"""Dataset, Find alike: the digits most similar to the open one, typical and atypical digits, and near-duplicates."""

import numpy as np
import streamlit as st

from mnist_core.digits import neighbours
from mnist_core.digits.reference import Digit
from mnist_core.digits.similarity import most_similar
from pages._dataset.open_digit import choose_among, show_open_digit
from pages._dataset.selection import choose_class, get_open_digit

MAX_SIMILAR = 20
MAX_SHOWN = 20  # digits in each list of typical and atypical ones
MAX_PAIRS = 20
CUTOFF = 500  # distance of near-duplicates; less than half of the median distance between nearest neighbours
SCOPES = {"across": "Across training and test", "train": "Within training", "test": "Within test"}


def show_find() -> None:
    """Show the search selector, its results and the open digit."""
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
    digit = get_open_digit()
    similar = most_similar(digit.split, digit.index, count=MAX_SIMILAR)
    others = [Digit(split, index) for split, index, _ in similar]
    agreeing = sum(other.label == digit.label for other in others)
    st.markdown(
        f"The {MAX_SIMILAR} digits most similar to {digit.name.lower()}, a **{digit.label}**, among all 70,000. "
        f"{agreeing} of them are labelled {digit.label} too. Click one to open it and to go on from there."
    )
    captions = [f"{other.label} · {distance:,.0f}" for other, (*_, distance) in zip(others, similar, strict=True)]
    choose_among(others, captions, key="similar")
    st.caption(
        "Below each: its label and its distance, the square root of the sum of the squared differences of all 784 "
        "pixel values. Nothing is shifted or turned before: the same 1 two pixels further right is far away."
    )


def _show_typical() -> None:
    label = choose_class()
    if label is None:
        label = get_open_digit().label
    facts, labels = neighbours.load(), neighbours.labels()
    typical = neighbours.most_typical_first(facts, labels, label)
    disagreeing = neighbours.least_agreeing_first(facts, labels, label)[:MAX_SHOWN]
    st.markdown(f"**The most typical {label}s**: many others are much like them.")
    _show_digits(typical[:MAX_SHOWN], [f"{facts.strangeness[n]:,.0f}" for n in typical[:MAX_SHOWN]], key="typical")
    st.markdown(f"**The strangest {label}s**: even the {label}s most like them are far away.")
    strange = typical[::-1][:MAX_SHOWN]
    _show_digits(strange, [f"{facts.strangeness[number]:,.0f}" for number in strange], key="strange")
    st.markdown(f"**{label}s among others**: most digits like them have another label. Some labels may be wrong.")
    _show_digits(disagreeing, [f"{facts.agreement[number]} of 10" for number in disagreeing], key="lonely")
    st.caption(
        f"Typical and strange go by the mean distance in pixels to the ten nearest {label}s, which stands below each; "
        f"all 70,000 digits are compared. The last rows tell how many of the ten nearest digits are {label}s."
    )


def _show_digits(numbers: np.ndarray, captions: list[str], *, key: str) -> None:
    choose_among([Digit.from_number(int(number)) for number in numbers], captions, key=key)


def _show_pairs() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        scope = st.segmented_control(
            "Pairs",
            list(SCOPES),
            default="across",
            required=True,
            format_func=SCOPES.__getitem__,
            wrap=True,
            key="dataset_pairs",
            persist_state="session",
        )
        label = choose_class()
    facts = neighbours.load()
    median = float(np.sqrt(np.median(facts.squared.min(axis=1))))
    pairs, distances = neighbours.closest_pairs(facts, neighbours.labels(), scope, label)
    kind = "digits" if label is None else f"{label}s"
    st.markdown(
        f"No two of the 70,000 pictures are the same. Of the {kind} here, **{(distances < CUTOFF).sum():,} pairs** are "
        f"nearer to each other than {CUTOFF}, less than half of what is usual. The closest, two by two:"
    )
    shown = [Digit.from_number(int(number)) for number in pairs[:MAX_PAIRS].ravel()]
    captions = [f"{d.label} · {dist:,.0f}" for d, dist in zip(shown, distances[:MAX_PAIRS].repeat(2), strict=True)]
    choose_among(shown, captions, key="pairs")
    st.caption(
        "Each digit is paired with its nearest; below stand the label and the distance in pixel values. Half of all "
        f"digits have one within {median:,.0f}. Nearly all close pairs are 1s: two people's straight strokes hardly "
        "differ. So a near pair is no proof of a copy."
    )


KINDS = {"Most similar": _show_similar, "Typical and strange": _show_typical, "Near-duplicates": _show_pairs}
