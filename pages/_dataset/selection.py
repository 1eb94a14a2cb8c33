"""What is chosen on the Dataset page: the view, the open digit, a class, a scale. One choice holds in all views."""

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.reference import Digit
from pages._shared.url_state import UrlState

VIEWS = {
    "first-look": "First look",
    "browse": "Browse",
    "find": "Find alike",
    "map": "Map",
    "glance": "At a glance",
    "histograms": "Histograms",
    "preparation": "Preparation",
    "about": "About MNIST",
}
SPLITS = {"train": "Training · 60,000", "test": "Test · 10,000"}
ALL = "All"
LOG = "dataset_log"  # in the session


VIEW = UrlState("dataset", "view", "first-look", lambda text: text in VIEWS)
OPEN = UrlState("dataset", "digit", "train-0", lambda text: Digit.read(text) is not None)
CLASS = UrlState("dataset", "class", ALL, lambda text: text in CLASSES)
CLASSES = [ALL, *map(str, range(10))]


def open_digit() -> Digit:
    """The digit that is open, in whatever view."""
    return Digit.read(OPEN.value)


def open_(digit: Digit) -> None:
    """Open ``digit``: for callbacks. A class that it is not of is left."""
    OPEN.set(str(digit))
    if CLASS.value not in (ALL, str(digit.label)):
        CLASS.set(ALL)


def choose_split() -> str:
    """ "train" or "test": the split of the open digit. In the other one the digit of the same index is opened."""
    digit = open_digit()
    key = f"dataset_split_{digit.split}"  # another split may come from elsewhere too

    def change() -> None:
        split = st.session_state[key]
        OPEN.set(str(Digit(split, min(digit.index, mnist.SIZES[split] - 1))))

    return st.segmented_control(
        "Split",
        list(SPLITS),
        default=digit.split,
        required=True,
        format_func=SPLITS.get,
        key=key,
        on_change=change,
        help="The network learns from the training digits and is judged on the test digits, which it has not seen.",
    )


def choose_class() -> int | None:
    """A digit from 0 to 9, or None for all of them."""
    chosen = CLASS.value
    st.segmented_control(
        "Digit", CLASSES, default=chosen, required=True, wrap=True, key=CLASS.key, on_change=CLASS.read_widget
    )
    return None if chosen == ALL else int(chosen)


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
