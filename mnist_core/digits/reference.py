"""A reference to one of MNIST's digits, by split and index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_core.digits import mnist

SPLIT_NAMES = {"train": "training", "test": "test"}


@dataclass(frozen=True)
class Digit:
    """One of MNIST's digits: ``split`` is "train" or "test", ``index`` its index in the split."""

    split: str
    index: int

    @classmethod
    def parse(cls, text: str) -> "Digit | None":
        """Parse a digit from a URL, such as "test-947"; None if it is invalid."""
        split, _, index = text.partition("-")
        if split not in mnist.SIZES or not re.fullmatch("[0-9]{1,5}", index):
            return None
        return cls(split, int(index)) if int(index) < mnist.SIZES[split] else None

    @classmethod
    def from_number(cls, number: int) -> "Digit":
        """The digit with this number; the test digits' numbers follow those of the 60,000 training digits."""
        training = mnist.SIZES["train"]
        return cls("train", number) if number < training else cls("test", number - training)

    def __str__(self) -> str:
        return f"{self.split}-{self.index}"

    @property
    def number(self) -> int:
        """Its number; the test digits' numbers follow those of the training digits."""
        return self.index + (mnist.SIZES["train"] if self.split == "test" else 0)

    @property
    def label(self) -> int:
        """Its label, 0 to 9."""
        return int(mnist.load().split(self.split).labels[self.index])

    @property
    def name(self) -> str:
        """Its name for users, such as "Test digit 947"."""
        return f"{SPLIT_NAMES[self.split].capitalize()} digit {self.index:,}"


def images_of(digits: Sequence[Digit]) -> np.ndarray:
    """The pixels of ``digits``: uint8 (N, 28, 28)."""
    data = mnist.load()
    return np.array([data.split(digit.split).images[digit.index] for digit in digits]).reshape(-1, 28, 28)
