"""A reference to one of MNIST's digits, by split and index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_core.digits import mnist

SPLIT_NAMES = {"train": "training", "test": "test"}


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


def images_of(digits: Sequence[Digit]) -> np.ndarray:
    """The pixels of ``digits``: uint8 (N, 28, 28)."""
    data = mnist.load()
    return np.array([data.split(digit.split).images[digit.index] for digit in digits]).reshape(-1, 28, 28)
