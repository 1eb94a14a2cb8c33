"""A diagram of a network: its layers from left to right, and a table of their outputs and parameters."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mnist_core.config import CLASSES, PIXELS, ModelConfig
from mnist_core.figures.colours import DIGIT_COLOURS, TRAIN_COLOUR
from mnist_core.figures.style import LIGHT, Theme, new_figure, show_digit

ACTIVATION_NAMES = {"relu": "ReLU", "gelu": "GELU"}  # activations whose usual name differs from Keras' name
MAX_CIRCLES = 10  # circles per layer; in larger layers dots replace the middle two

# In inches; y is 0 at the figure's top and negative below.
WIDTH = 5.0
MARGIN = 0.45  # from the edge to the centre of the first and last layer
IMAGE = 0.7
TOP, MIDDLE, BOTTOM = -0.15, -1.3, -2.36
GAP = 0.2  # between centres of circles
DIAGRAM = 3.2
ROW = 0.25  # height of a table row
TABLE_COLUMNS = (0.05, 2.45, WIDTH - 0.05)


@dataclass(frozen=True)
class Layer:
    """A layer in the diagram and the table."""

    name: str
    units: int
    notes: tuple[str, ...] = ()  # shown below the layer: activation, dropout
    inputs: int = 0  # 0 for a layer without weights

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return (self.inputs + 1) * self.units if self.inputs else 0

    @property
    def sum(self) -> str:
        """The calculation of ``parameters``, such as "784 × 512 + 512 = 401,920"."""
        return f"{self.inputs} × {self.units} + {self.units} = {self.parameters:,}" if self.inputs else "0"


def layers(config: ModelConfig) -> list[Layer]:
    """The flattened input, the hidden layers and the output layer of a network."""
    activation = ACTIVATION_NAMES.get(config.activation, config.activation)
    notes = (activation, f"dropout {config.dropout * 100:g}%") if config.dropout else (activation,)
    sizes = pairwise((PIXELS, *config.hidden_units))
    hidden = [Layer("Dense", units, notes, inputs) for inputs, units in sizes]
    return [
        Layer("Flatten", PIXELS),
        *hidden,
        Layer("Dense", CLASSES, ("softmax",), config.hidden_units[-1]),
    ]


def network_diagram(config: ModelConfig, *, digit: np.ndarray | None = None, theme: Theme = LIGHT) -> Figure:
    """Draw the network from the 28 × 28 image to ten probabilities, with output shapes and parameter counts.

    ``digit``: uint8 (28, 28), the image at the input; empty if omitted.
    """
    columns = layers(config)
    rows = table(config)
    height = DIAGRAM + ROW * len(rows)
    figure = new_figure(WIDTH, height, theme)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(-height, 0))  # in inches, from the top
    axes.set_axis_off()
    positions = np.linspace(MARGIN, WIDTH - MARGIN, len(columns) + 1)
    _draw_input(axes, positions[0], np.zeros((28, 28), np.uint8) if digit is None else digit, theme)
    _draw_connections(axes, positions[1:], columns, theme)
    for x, layer in zip(positions[1:], columns, strict=True):
        _draw_layer(axes, x, layer, theme)
    _draw_table(axes, rows, theme)
    return figure


def _draw_input(axes: Axes, x: float, digit: np.ndarray, theme: Theme) -> None:
    corner = (x - IMAGE / 2, MIDDLE - IMAGE / 2)
    show_digit(axes.inset_axes((*corner, IMAGE, IMAGE), transform=axes.transData), digit, theme)
    axes.add_patch(Rectangle(corner, IMAGE, IMAGE, fill=False, edgecolor=theme.faint, linewidth=1.5, zorder=1))
    _label(axes, x, theme, name="Input", shape="28 × 28")


def _draw_connections(axes: Axes, positions: np.ndarray, columns: list[Layer], theme: Theme) -> None:
    ends = [[(x, y) for y in _heights(layer.units)] for x, layer in zip(positions, columns, strict=True)]
    lines = [(start, end) for left, right in pairwise(ends) for start in left for end in right]
    axes.add_collection(LineCollection(lines, colors=theme.text, linewidths=0.4, alpha=0.25, zorder=1))
    image_edge = MARGIN + IMAGE / 2
    unrolled = [((image_edge, MIDDLE + IMAGE * (0.5 - share)), end) for share, end in _with_fractions(ends[0])]
    axes.add_collection(LineCollection(unrolled, colors=theme.text, linewidths=0.4, alpha=0.6, zorder=1))


def _with_fractions(ends: list[tuple[float, float]]) -> list[tuple[float, tuple[float, float]]]:
    return list(zip(np.linspace(0, 1, len(ends)), ends, strict=True))


def _draw_layer(axes: Axes, x: float, layer: Layer, theme: Theme) -> None:
    heights = _heights(layer.units)
    is_output = "softmax" in layer.notes
    colours = DIGIT_COLOURS if is_output else [TRAIN_COLOUR if layer.inputs else theme.text] * len(heights)
    axes.scatter([x] * len(heights), heights, s=90, c=colours, linewidths=0, zorder=2)
    if len(heights) < layer.units:
        axes.text(x, MIDDLE, "⋮", ha="center", va="center", fontsize=15, color=theme.text)
    if is_output:
        for number, y in enumerate(heights):
            axes.text(x + 0.14, y, f"{number}", ha="left", va="center", fontsize=9, color=theme.text)
    _label(axes, x, theme, name=layer.name, shape=f"{layer.units}", notes=layer.notes)


def _heights(units: int) -> list[float]:
    """The y positions of a layer's circles from the top; of a large layer the first and last four."""
    circles = min(units, MAX_CIRCLES)
    positions = MIDDLE + GAP * ((circles - 1) / 2 - np.arange(circles))
    omitted = slice(MAX_CIRCLES // 2 - 1, MAX_CIRCLES // 2 + 1) if units > MAX_CIRCLES else slice(0)
    shown: list[float] = np.delete(positions, omitted).tolist()
    return shown


def _label(axes: Axes, x: float, theme: Theme, *, name: str, shape: str, notes: tuple[str, ...] = ()) -> None:
    axes.text(x, TOP, name, ha="center", va="center", fontsize=10, color=theme.text)
    axes.text(x, BOTTOM, shape, ha="center", va="top", fontsize=10, weight="bold", color=theme.text)
    axes.text(
        x,
        BOTTOM - ROW * 0.8,
        "\n".join(notes).replace("dropout ", "dropout\n"),
        ha="center",
        va="top",
        fontsize=9,
        color=theme.text,
    )


def table(config: ModelConfig) -> list[tuple[str, str, str]]:
    """Rows of layer (with activation and dropout), output shape and parameters; header first, total last."""
    scaling = [("Scaling, ÷ 255", "28 × 28", "0")] if config.scaling else []
    layer_rows = [(", ".join((layer.name, *layer.notes)), f"{layer.units}", layer.sum) for layer in layers(config)]
    return [
        ("Layer", "Output", "Parameters"),
        ("Input", "28 × 28", "0"),
        *scaling,
        *layer_rows,
        ("Total", "", f"{config.parameters:,}"),
    ]


def _draw_table(axes: Axes, rows: list[tuple[str, str, str]], theme: Theme) -> None:
    for number, row in enumerate(rows):
        y = -DIAGRAM - ROW * (number + 0.4)
        weight = "bold" if number in (0, len(rows) - 1) else "normal"
        for x, align, text in zip(TABLE_COLUMNS, ("left", "right", "right"), row, strict=True):
            axes.text(x, y, text, ha=align, va="center", fontsize=9.5, weight=weight, color=theme.text)
        if number:
            axes.axhline(y + ROW / 2, color=theme.faint, linewidth=0.6)
