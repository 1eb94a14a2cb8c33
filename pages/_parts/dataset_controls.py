"""What is chosen on the Dataset page: the view, the open digit, a class, a scale. One choice holds in all views."""

from dataclasses import dataclass

import streamlit as st

from mnist_core.digits import mnist
from pages._parts.choice import Choice

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
SPLIT_NAMES = {"train": "training", "test": "test"}
ALL = "All"
LOG = "dataset_log"  # in the session


@dataclass(frozen=True)
class Digit:
    """One of MNIST's digits: ``split`` is "train" or "test", ``index`` its place there."""

    split: str
    index: int

    @classmethod
    def read(cls, text: str) -> "Digit | None":
        """The digit that an address calls so, as "test-947"; None where there is none."""
        split, _, index = text.partition("-")
        if split not in mnist.SIZES or not (index.isascii() and index.isdecimal()):
            return None
        return cls(split, int(index)) if int(index) < mnist.SIZES[split] else None

    @classmethod
    def numbered(cls, number: int) -> "Digit":
        """The digit with this number, where the test digits are counted on after the 60,000 training digits."""
        training = mnist.SIZES["train"]
        return cls("train", number) if number < training else cls("test", number - training)

    def __str__(self) -> str:
        return f"{self.split}-{self.index}"

    @property
    def number(self) -> int:
        """Its number, the test digits counted on after the training digits."""
        return self.index + (mnist.SIZES["train"] if self.split == "test" else 0)

    @property
    def label(self) -> int:
        """Which digit it is, as its label says."""
        return int(mnist.load().split(self.split).labels[self.index])

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{SPLIT_NAMES[self.split].capitalize()} digit {self.index:,}"


VIEW = Choice("dataset", "view", "first-look", lambda text: text in VIEWS)
OPEN = Choice("dataset", "digit", "train-0", lambda text: Digit.read(text) is not None)
CLASS = Choice("dataset", "class", ALL, lambda text: text in CLASSES)
CLASSES = [ALL, *map(str, range(10))]


def open_digit() -> Digit:
    """The digit that is open, in whatever view."""
    return Digit.read(OPEN.value)


def open_(digit: Digit) -> None:
    """Open ``digit``: for callbacks. A class that it is not of is left."""
    OPEN.choose(str(digit))
    if CLASS.value not in (ALL, str(digit.label)):
        CLASS.choose(ALL)


def choose_split() -> str:
    """ "train" or "test": the split of the open digit. In the other one the digit of the same index is opened."""
    digit = open_digit()
    key = f"dataset_split_{digit.split}"  # another split may come from elsewhere too

    def change() -> None:
        split = st.session_state[key]
        OPEN.choose(str(Digit(split, min(digit.index, mnist.SIZES[split] - 1))))

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
        "Digit", CLASSES, default=chosen, required=True, wrap=True, key=CLASS.key, on_change=CLASS.take
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
