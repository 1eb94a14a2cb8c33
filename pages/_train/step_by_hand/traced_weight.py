"""The weight that is traced through one training step, and the format of its numbers in formulas."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.runs.backprop import Forward, backward, target
from mnist_core.runs.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class TracedWeight:
    """A weight of a unit, with the forward and backward pass of a digit through its network.

    ``digit``: uint8 (28, 28). ``layer`` counts from 0, the last is the output. ``source``: the index of the input that
    the weight multiplies.
    """

    snapshot: Snapshot
    training: TrainingConfig
    digit: np.ndarray
    label: int
    forward: Forward
    layer: int
    unit: int
    source: int

    @cached_property
    def targets(self) -> np.ndarray:
        """The target probabilities, float64 (10,)."""
        return target(self.label, label_smoothing=self.training.label_smoothing)

    @cached_property
    def slopes(self) -> tuple[np.ndarray, ...]:
        """For each layer the derivatives of the loss with respect to the units' sums, float64 (units,)."""
        return backward(self.snapshot, self.forward, self.targets)

    @property
    def is_output(self) -> bool:
        """Whether the unit is in the output layer."""
        return self.layer == len(self.snapshot.layers) - 1

    @property
    def inputs(self) -> np.ndarray:
        """The unit's inputs, float64 (inputs,)."""
        return self.forward.layer_inputs[self.layer]

    @property
    def sum(self) -> float:
        """The unit's weighted sum."""
        return float(self.forward.sums[self.layer][self.unit])

    @property
    def weight(self) -> float:
        """The value of the weight."""
        return float(self.snapshot.layers[self.layer].kernel[self.source, self.unit])

    @property
    def slope(self) -> float:
        """The derivative of the loss with respect to the unit's sum."""
        return float(self.slopes[self.layer][self.unit])

    @property
    def gradient(self) -> float:
        """The derivative of the loss with respect to the weight."""
        return float(self.inputs[self.source]) * self.slope


def show_formula(*lines: str) -> None:
    """Show ``lines`` of LaTeX below each other, aligned at ``&``."""
    st.latex(r"\begin{aligned}" + r" \\[0.3em] ".join(lines) + r"\end{aligned}")


def tex(value: float, digits: int = 5) -> str:
    """Return ``value`` in LaTeX with at most ``digits`` significant digits."""
    mantissa, e, exponent = f"{value + 0.0:.{digits}g}".partition("e")  # adding 0 turns -0 into 0
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


def factor(value: float) -> str:
    """Return ``value`` in LaTeX as a factor or base: in brackets if it is negative or has an exponent."""
    text = tex(value)
    return f"({text})" if text.startswith("-") or "cdot" in text else text
