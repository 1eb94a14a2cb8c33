"""Figures of right and wrong predictions: the confusion matrix and galleries of digits."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure

from mnist_core.config import CLASSES, SIDE
from mnist_core.figures.colours import TEST_COLOUR
from mnist_core.figures.matrix_tints import matrix_tints
from mnist_core.figures.style import LIGHT, Theme, decorate, new_figure, show_digit

DIGITS_PER_PANEL = 9  # in the 3 × 3 figures of right or wrong predictions
GALLERY_COLUMNS = 10
GALLERY_CELL = (SIDE + 16, SIDE + 6)  # height and width of a gallery cell in pixels of the digit


def confusion_figure(counts: np.ndarray, *, theme: Theme = LIGHT) -> Figure:
    """The confusion matrix; errors are tinted by count, the much larger diagonal is grey.

    ``counts``: int (10, 10), true digit by predicted digit, as from ``scores.confusion_matrix``.
    """
    figure = new_figure(4.8, 4.8, theme)
    axes = figure.subplots()
    tints = matrix_tints(counts)
    colours = np.where(tints.right[..., None], to_rgb(theme.text), to_rgb(TEST_COLOUR))
    axes.imshow(np.dstack([colours, tints.opacity]), interpolation="nearest")
    decorate(axes, theme, xlabel="Predicted digit", ylabel="True digit")
    for true in range(CLASSES):
        for predicted in range(CLASSES):
            _write_count(axes, true, predicted, int(counts[true, predicted]), theme)
    _frame_cells(axes, theme)
    return figure


def _write_count(axes: Axes, true: int, predicted: int, count: int, theme: Theme) -> None:
    axes.text(
        predicted,
        true,
        f"{count}",
        ha="center",
        va="center_baseline",
        fontsize=8.5 if count >= 1000 else 10,
        color=theme.text,
        alpha=1 if count else 0.35,
    )


def _frame_cells(axes: Axes, theme: Theme) -> None:
    axes.set_xticks(range(CLASSES))
    axes.set_yticks(range(CLASSES))
    axes.set_xticks(np.arange(CLASSES + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(CLASSES + 1) - 0.5, minor=True)
    axes.grid(visible=False, which="major")
    axes.grid(visible=True, which="minor", color=theme.faint, linewidth=0.6, clip_on=False)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def gallery_figure(images: np.ndarray, captions: Sequence[str], *, theme: Theme = LIGHT) -> Figure:
    """A grid of ``images``, uint8 (N, 28, 28), N at least 1, in GALLERY_COLUMNS columns, captions below.

    A caption has at most two lines.
    """
    rows = -(-len(images) // GALLERY_COLUMNS)
    height, width = GALLERY_CELL
    figure = new_figure(0.62 * GALLERY_COLUMNS, 0.62 * rows * height / width, theme)
    axes = figure.subplots()
    picture = np.full((rows * height, GALLERY_COLUMNS * width), np.nan)  # NaN is transparent
    for position, (image, caption) in enumerate(zip(images, captions, strict=True)):
        top, left = (position // GALLERY_COLUMNS) * height, (position % GALLERY_COLUMNS) * width
        picture[top : top + SIDE, left : left + SIDE] = image
        axes.text(left + SIDE / 2, top + SIDE + 1, caption, color=theme.text, ha="center", va="top", fontsize=6)
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    return figure


def nine_figure(
    images: np.ndarray, predicted: np.ndarray, labels: np.ndarray, *, right: bool, theme: Theme = LIGHT
) -> Figure:
    """The first nine digits that were predicted right, or wrong, each titled "Predicted: 7, Truth: 2".

    ``images``: uint8 (N, 28, 28). ``predicted``, ``labels``: integers (N,), 0 to 9.
    """
    figure = new_figure(5.2, 5.8, theme)
    _draw_nine(figure, images, predicted, labels, right=right, theme=theme)
    return figure


def right_and_wrong_figure(
    images: np.ndarray, predicted: np.ndarray, labels: np.ndarray, *, theme: Theme = LIGHT
) -> Figure:
    """The first nine digits that were predicted right, above the first nine predicted wrong.

    Arrays as in ``nine_figure``.
    """
    figure = new_figure(5.2, 11.6, theme)
    for subfigure, right in zip(figure.subfigures(2, 1, squeeze=False).flat, (True, False), strict=True):
        subfigure.patch.set_alpha(0)
        _draw_nine(subfigure, images, predicted, labels, right=right, theme=theme)
    return figure


def _draw_nine(
    figure: Figure | SubFigure,
    images: np.ndarray,
    predicted: np.ndarray,
    labels: np.ndarray,
    *,
    right: bool,
    theme: Theme,
) -> None:
    indices = np.flatnonzero((predicted == labels) == right)[:DIGITS_PER_PANEL]
    figure.suptitle("Read right" if right else "Read wrong", color=theme.text, fontsize=13)
    grid = figure.subplots(3, 3)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, index in zip(grid.flat, indices, strict=False):
        title = f"Predicted: {predicted[index]}, Truth: {labels[index]}"
        show_digit(axes, images[index], theme, title=title)
        axes.title.set_fontsize(10)
    if not len(indices):
        figure.text(0.5, 0.5, "None", color=theme.text, ha="center")
