"""Writing styles of the ten digits, parsed from handwriting_styles.txt, which describes its format."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".txt")


@dataclass(frozen=True)
class Stroke:
    """One pen stroke: ``points``, float64 (n, 2), 0 to 1 in the digit's box; ``corners``, bool (n,), sharp points."""

    points: np.ndarray
    corners: np.ndarray


@dataclass(frozen=True)
class Style:
    """One style of a digit; ``share`` is its frequency relative to the digit's other styles."""

    name: str
    share: float
    first_form: tuple[Stroke, ...]
    second_form: tuple[Stroke, ...]

    def blend(self, weight: float) -> tuple[Stroke, ...]:
        """Interpolate from ``first_form``, at 0, to ``second_form``, at 1; ``weight`` may be slightly outside."""
        return tuple(
            Stroke(first.points + weight * (second.points - first.points), first.corners)
            for first, second in zip(self.first_form, self.second_form, strict=True)
        )


def _read_styles() -> dict[int, tuple[Style, ...]]:
    styles: dict[int, list[Style]] = {digit: [] for digit in range(10)}
    _, *blocks = FILE.read_text(encoding="utf-8").strip().split("\n\n")  # the first block is the comment
    for block in blocks:
        head, *forms = block.splitlines()
        name, share = head[2:].rsplit(": ", 1)
        styles[int(head[0])].append(Style(name, float(share), _strokes(forms[0]), _strokes(forms[-1])))
    return {digit: tuple(digit_styles) for digit, digit_styles in styles.items()}


def _strokes(text: str) -> tuple[Stroke, ...]:
    return tuple(_stroke(part.split()) for part in text.split(" / "))


def _stroke(points: list[str]) -> Stroke:
    numbers = [[float(number) / 100 for number in point.rstrip("!").split(",")] for point in points]
    return Stroke(np.array(numbers), np.array([point.endswith("!") for point in points]))


STYLES = _read_styles()
