"""The ways in which people write the ten digits, read from handwriting_styles.txt, which says how it is written."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".txt")


@dataclass(frozen=True)
class Stroke:
    """One stroke of the pen: ``points``, float64 (n, 2), 0 to 1 in the digit's box; ``corners``, bool (n,)."""

    points: np.ndarray
    corners: np.ndarray


@dataclass(frozen=True)
class Style:
    """One way to write a digit: ``share`` is how often it is written, relative to the digit's other styles."""

    name: str
    share: float
    one: tuple[Stroke, ...]
    other: tuple[Stroke, ...]

    def blend(self, weight: float) -> tuple[Stroke, ...]:
        """The form between ``one``, at 0, and ``other``, at 1; weights a little outside work as well."""
        return tuple(
            Stroke(first.points + weight * (second.points - first.points), first.corners)
            for first, second in zip(self.one, self.other, strict=True)
        )


def _read_styles() -> dict[int, tuple[Style, ...]]:
    styles: dict[int, list[Style]] = {digit: [] for digit in range(10)}
    _, *blocks = FILE.read_text(encoding="utf-8").strip().split("\n\n")  # the first one is the comment
    for block in blocks:
        head, *forms = block.splitlines()
        name, share = head[2:].rsplit(": ", 1)
        styles[int(head[0])].append(Style(name, float(share), _strokes(forms[0]), _strokes(forms[-1])))
    return {digit: tuple(found) for digit, found in styles.items()}


def _strokes(text: str) -> tuple[Stroke, ...]:
    return tuple(_stroke(part.split()) for part in text.split(" / "))


def _stroke(points: list[str]) -> Stroke:
    numbers = [[float(number) / 100 for number in point.rstrip("!").split(",")] for point in points]
    return Stroke(np.array(numbers), np.array([point.endswith("!") for point in points]))


STYLES = _read_styles()
