"""Tests of pixel histograms in percent, on a linear and a logarithmic scale."""

import numpy as np
import pytest

from mnist_core.figures.histograms import percent, pixel_histogram
from mnist_core.figures.style import DARK, LIGHT

COUNTS = np.zeros(256, np.int64)
COUNTS[[0, 100, 255]] = [800, 50, 150]


def test_percent_gives_shares_of_all_pixels() -> None:
    shares = percent(COUNTS)
    assert shares[[0, 100, 255]].tolist() == [80, 5, 15]
    assert shares.sum() == pytest.approx(100)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("log", [True, False])
def test_the_histogram_has_the_requested_scale(log: bool, theme: object) -> None:
    figure = pixel_histogram(COUNTS, theme, colour="#123456", label="All", log=log)
    figure.canvas.draw()
    assert figure.axes[0].get_yscale() == ("log" if log else "linear")
    assert figure.axes[0].get_legend() is None


def test_the_legend_names_histogram_and_reference() -> None:
    figure = pixel_histogram(
        COUNTS,
        LIGHT,
        colour="#123456",
        label="Digit 1",
        log=False,
        reference=COUNTS[::-1],
        reference_label="All digits",
    )
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["Digit 1", "All digits"]
