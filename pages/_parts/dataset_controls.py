"""The Dataset page's choices of a split, a digit and a scale: one choice holds in all views."""

import streamlit as st

SPLIT, DIGIT, LOG = "dataset_split", "dataset_digit", "dataset_log"  # in the session
SPLITS = {"train": "Training · 60,000", "test": "Test · 10,000"}
SPLIT_NAMES = {"train": "training", "test": "test"}
ALL = "All"


def choose_split() -> str:
    """ "train" or "test"."""
    return st.segmented_control(
        "Split",
        list(SPLITS),
        default="train",
        required=True,
        format_func=SPLITS.get,
        key=SPLIT,
        persist_state="session",
        help="The network learns from the training digits and is judged on the test digits, which it has not seen.",
    )


def choose_class() -> int | None:
    """A digit from 0 to 9, or None for all of them."""
    st.session_state.setdefault(DIGIT, ALL)
    choice = st.segmented_control(
        "Digit", [ALL, *map(str, range(10))], required=True, wrap=True, key=DIGIT, persist_state="session"
    )
    return None if choice == ALL else int(choice)


def choose_log() -> bool:
    """Whether counts are drawn on a logarithmic scale."""
    return st.toggle(
        "Log scale",
        value=True,
        key=LOG,
        persist_state="session",
        help="About four pixels in five are background. A linear scale shows them and little else; "
        "on a logarithmic one each step up is ten times as many.",
    )
