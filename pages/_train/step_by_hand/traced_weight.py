"""What is followed through one training step, and how its numbers are written in formulas."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.runs.backprop import Forward, backward, target
from mnist_core.runs.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A digit's way through a network and back, and on it a unit with one of its weights.

    ``digit``: uint8 (28, 28). ``layer`` counts from 0, the last is the output. ``source`` is the input that the weight
    belongs to.
    """

    snapshot: Snapshot
    training: TrainingConfig
    digit: np.ndarray
    label: int
    passed: Forward
    layer: int
    unit: int
    source: int

    @cached_property
    def wanted(self) -> np.ndarray:
        """What the ten probabilities should be, float64 (10,)."""
        return target(self.label, label_smoothing=self.training.label_smoothing)

    @cached_property
    def slopes(self) -> tuple[np.ndarray, ...]:
        """How the loss changes with each layer's sums, float64 (units,)."""
        return backward(self.snapshot, self.passed, self.wanted)

    @property
    def is_output(self) -> bool:
        """Whether the unit is one of the ten that give the logits."""
        return self.layer == len(self.snapshot.layers) - 1

    @property
    def entering(self) -> np.ndarray:
        """What enters the unit, float64 (inputs,)."""
        return self.passed.entering[self.layer]

    @property
    def sum(self) -> float:
        """The unit's weighted sum."""
        return float(self.passed.sums[self.layer][self.unit])

    @property
    def weight(self) -> float:
        """The weight followed."""
        return float(self.snapshot.layers[self.layer].kernel[self.source, self.unit])

    @property
    def slope(self) -> float:
        """How the loss changes with the unit's sum."""
        return float(self.slopes[self.layer][self.unit])

    @property
    def gradient(self) -> float:
        """How the loss changes with the weight."""
        return float(self.entering[self.source]) * self.slope


def show_formula(*lines: str) -> None:
    """Show ``lines`` of LaTeX below each other, aligned at their ``&``."""
    st.latex(r"\begin{aligned}" + r" \\[0.3em] ".join(lines) + r"\end{aligned}")


def tex(value: float, digits: int = 5) -> str:
    """``value`` in LaTeX with at most so many significant digits."""
    mantissa, e, exponent = f"{value + 0.0:.{digits}g}".partition("e")  # plus 0: there is no -0 then
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


def factor(value: float) -> str:
    """The same within a product or under a power: in brackets where it takes them."""
    text = tex(value)
    return f"({text})" if text.startswith("-") or "cdot" in text else text
