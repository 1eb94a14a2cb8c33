"""What is chosen on the Dataset page: the view, the open digit, a class, a scale. One choice holds in all views.

Session and address hold a choice, and a widget starts from it: a value that code puts into a widget may reach a busy
browser too late, so a choice that something else makes gives its widget another key, and with it a new start.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mnist_core.digits import mnist

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
class Choice:
    """One thing that is chosen: by ``take``, the callback of its widget, or by ``choose``, from anywhere else.

    ``name`` is what the address calls it. ``valid`` tells what may be chosen: an address can say anything.
    """

    name: str
    default: str
    valid: Callable[[str], bool]

    @property
    def value(self) -> str:
        """What was chosen, else what the address says, else the default."""
        asked = st.session_state.get(self._session, st.query_params.get(self.name))
        return asked if asked is not None and self.valid(asked) else self.default

    def tell_address(self) -> None:
        """Have the address say what is chosen, where that is not the default."""
        if self.value != self.default:
            st.query_params[self.name] = self.value
        elif self.name in st.query_params:
            del st.query_params[self.name]

    @property
    def key(self) -> str:
        """The key of its widget."""
        return f"{self._session}_{st.session_state.get(self._changes, 0)}"

    def take(self) -> None:
        """Its widget was used."""
        st.session_state[self._session] = st.session_state[self.key]

    def choose(self, value: str) -> None:
        """Something else than its widget was used."""
        st.session_state[self._session] = value
        st.session_state[self._changes] = st.session_state.get(self._changes, 0) + 1

    @property
    def _session(self) -> str:
        return f"dataset_{self.name}"

    @property
    def _changes(self) -> str:
        return f"{self._session}_changes"


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


VIEW = Choice("view", "first-look", lambda text: text in VIEWS)
OPEN = Choice("digit", "train-0", lambda text: Digit.read(text) is not None)
CLASS = Choice("class", ALL, lambda text: text in CLASSES)
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
