"""Common style of figures on light and dark pages."""

from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Theme:
    """Colours that depend on the page behind a figure."""

    text: str
    faint: str  # grid lines and empty cells


LIGHT = Theme(text="#31333F", faint="#D5D6DC")
DARK = Theme(text="#FAFAFA", faint="#4A4B55")


def new_figure(width: float, height: float, theme: Theme) -> Figure:
    """An empty figure of ``width`` × ``height`` inches with a transparent background; ``decorate`` sets labels."""
    with mpl.rc_context({"font.size": 10}):
        figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    figure.set_edgecolor(theme.text)
    return figure


def decorate(axes: Axes, theme: Theme, *, title: str = "", xlabel: str = "", ylabel: str = "") -> None:
    """Set title, labels, grid and a faint frame in the theme's colours."""
    axes.set_title(title, color=theme.text)
    axes.set_xlabel(xlabel, color=theme.text)
    axes.set_ylabel(ylabel, color=theme.text)
    axes.tick_params(colors=theme.text, which="both")
    axes.patch.set_alpha(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.faint)
    axes.grid(visible=True, axis="y", color=theme.faint, linewidth=0.6)
    axes.set_axisbelow(True)


def show_digit(axes: Axes, digit: np.ndarray, theme: Theme, *, title: str = "") -> None:
    """Draw ``digit``, uint8 (28, 28), light on dark without interpolation."""
    axes.imshow(digit, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_title(title, color=theme.text)
    axes.set_axis_off()
