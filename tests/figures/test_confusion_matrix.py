import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose

from mnist_core.figures.colours import TEST_COLOUR
from mnist_core.figures.confusion_matrix import confusion_figure, gallery_figure, nine_figure, right_and_wrong_figure
from mnist_core.figures.matrix_tints import matrix_tints
from mnist_core.figures.style import DARK, LIGHT, Theme

IMAGES = np.zeros((40, 28, 28), np.uint8)
LABELS = np.arange(40, dtype=np.uint8) % 10
PREDICTED = np.where(np.arange(40) % 2, LABELS, (LABELS + 1) % 10)  # every other one is wrong


def titles(axes: list[Axes]) -> list[str]:
    return [each.get_title() for each in axes if each.get_title()]


def test_the_figure_shows_nine_correct_above_nine_incorrect_predictions() -> None:
    shown = titles(right_and_wrong_figure(IMAGES, PREDICTED, LABELS).axes)
    assert shown[:2] == ["Predicted: 1, Truth: 1", "Predicted: 3, Truth: 3"]
    assert shown[9:11] == ["Predicted: 1, Truth: 0", "Predicted: 3, Truth: 2"]
    assert len(shown) == 18


def test_fewer_than_nine_errors_leave_cells_empty() -> None:
    assert titles(nine_figure(IMAGES[:4], PREDICTED[:4], LABELS[:4], right=False).axes) == [
        "Predicted: 1, Truth: 0",
        "Predicted: 3, Truth: 2",
    ]


def test_the_figure_without_errors_says_none() -> None:
    figure = nine_figure(IMAGES, LABELS, LABELS, right=False)
    assert [text.get_text() for text in figure.texts] == ["Read wrong", "None"]
    figure.draw_without_rendering()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_confusion_figure_writes_every_count_in_its_cell(theme: Theme) -> None:
    counts = np.arange(100).reshape(10, 10)
    figure = confusion_figure(counts, theme=theme)
    (axes,) = figure.axes
    figure.draw_without_rendering()
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {(predicted, true): str(counts[true, predicted]) for true in range(10) for predicted in range(10)}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Predicted digit", "True digit")


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_confusion_figure_has_the_common_tints(theme: Theme) -> None:
    counts = np.diag(np.full(10, 1000))
    counts[4, 9], counts[7, 2] = 16, 4
    (image,) = confusion_figure(counts, theme=theme).axes[0].images
    colours = np.asarray(image.get_array())
    assert_allclose(colours[..., 3], matrix_tints(counts).opacity)
    assert_allclose(colours[5, 5, :3], to_rgb(theme.text))
    assert_allclose(colours[4, 9, :3], to_rgb(TEST_COLOUR))


def test_a_diagonal_confusion_matrix_is_drawn() -> None:
    confusion_figure(np.diag(np.full(10, 1000))).draw_without_rendering()


@pytest.mark.parametrize("count", [1, 10, 23])
def test_a_gallery_shows_every_digit_with_its_caption_below(count: int) -> None:
    digits = np.full((count, 28, 28), 200, np.uint8)
    figure = gallery_figure(digits, [f"digit {index}" for index in range(count)])
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert [caption.get_text() for caption in axes.texts] == [f"digit {index}" for index in range(count)]
    (image,) = axes.images
    assert (image.get_array().filled(0) == 200).sum() == count * 784
