"""The selections of the Dataset page that all its views share: view, open digit, class and log scale."""

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
ALL_CLASSES = "All"
LOG_KEY = "dataset_log"  # widget key


CLASSES = [ALL_CLASSES, *map(str, range(10))]
DEFAULT_DIGIT = Digit("train", 0)
VIEW = UrlState("dataset", "view", "first-look", lambda text: text in VIEWS)
OPEN_DIGIT = UrlState("dataset", "digit", str(DEFAULT_DIGIT), lambda text: Digit.parse(text) is not None)
CLASS = UrlState("dataset", "class", ALL_CLASSES, lambda text: text in CLASSES)


def get_open_digit() -> Digit:
    """Return the open digit, which is the same in all views."""
    return Digit.parse(OPEN_DIGIT.value) or DEFAULT_DIGIT


def set_open_digit(digit: Digit) -> None:
    """Open ``digit``, and reset the class filter if it excludes the digit; for callbacks."""
    OPEN_DIGIT.set(str(digit))
    if CLASS.value not in (ALL_CLASSES, str(digit.label)):
        CLASS.set(ALL_CLASSES)


def choose_split() -> str:
    """Show the split selector and return "train" or "test"; a change opens the digit of the same index there."""
    digit = get_open_digit()
    key = f"dataset_split_{digit.split}"  # a new widget for each split, as other widgets can change the split too

    def change() -> None:
        split = st.session_state[key]
        OPEN_DIGIT.set(str(Digit(split, min(digit.index, mnist.SIZES[split] - 1))))

    return st.segmented_control(
        "Split",
        list(SPLITS),
        default=digit.split,
        required=True,
        format_func=SPLITS.__getitem__,
        key=key,
        on_change=change,
        help="The network learns from the training digits and is judged on the test digits, which it has not seen.",
    )


def choose_class() -> int | None:
    """Show the class selector; return a label from 0 to 9, or None for all classes."""
    chosen = CLASS.value
    st.segmented_control(
        "Digit", CLASSES, default=chosen, required=True, wrap=True, key=CLASS.key, on_change=CLASS.read_widget
    )
    return None if chosen == ALL_CLASSES else int(chosen)


def choose_log() -> bool:
    """Show the toggle; return whether counts are drawn on a logarithmic scale."""
    return st.toggle(
        "Log scale",
        value=True,
        key=LOG_KEY,
        persist_state="session",
        help="About four pixels in five are background. A linear scale shows them and little else; "
        "on a logarithmic one each step up is ten times as many.",
    )
