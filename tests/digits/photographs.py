"""Synthetic photos of handwritten digits with given paper, pen, light and camera."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from mnist_core.digits.drawing import Drawing, rasterize

# The points of the strokes of each digit in a box of 100 x 100; x grows to the right, y downwards.
STROKES = {
    0: [[(50, 0), (22, 10), (8, 50), (20, 90), (50, 100), (80, 90), (92, 50), (78, 10), (50, 0)]],
    1: [[(30, 25), (55, 0), (55, 50), (55, 100)]],
    2: [[(15, 25), (25, 5), (60, 0), (82, 20), (70, 50), (35, 80), (10, 100), (50, 98), (90, 100)]],
    3: [[(15, 8), (50, 0), (80, 18), (70, 40), (40, 47), (75, 55), (88, 78), (60, 100), (12, 92)]],
    4: [[(45, 0), (28, 30), (8, 62), (50, 64), (95, 62)], [(68, 30), (66, 65), (64, 100)]],
    5: [[(25, 2), (22, 25), (18, 46), (50, 40), (82, 58), (78, 85), (45, 100), (10, 92)], [(25, 2), (55, 3), (85, 0)]],
    6: [[(65, 0), (30, 30), (12, 70), (28, 97), (65, 98), (85, 75), (65, 55), (30, 62), (14, 75)]],
    7: [[(10, 3), (50, 4), (88, 0), (65, 45), (42, 100)]],
    8: [[(78, 15), (50, 0), (22, 14), (40, 42), (75, 65), (80, 90), (50, 100), (20, 88), (28, 62), (65, 38), (78, 15)]],
    9: [[(80, 25), (55, 0), (22, 12), (22, 42), (55, 48), (80, 22), (78, 60), (65, 100)]],
}


def written(digit: int, *, height: int = 120, pen: float = 6, strokes: Sequence | None = None) -> np.ndarray:
    """A digit drawn with strokes of one width: float (h, w), 0 paper, 1 ink."""
    side = round(height * 1.3)
    points = [np.array(stroke, float) * height / 100 * [0.65, 1] + 0.15 * height for stroke in STROKES[digit]]
    return rasterize(Drawing(strokes=tuple(points), canvas=side, brush=pen)) / 255


@dataclass(frozen=True)
class Paper:
    """The conditions of a photo; sizes in pixels, strengths from 0 to 1."""

    size: tuple[int, int] = (800, 600)
    colour: tuple[int, int, int] = (245, 243, 238)
    pen: tuple[int, int, int] = (30, 30, 40)
    light_falloff: float = 0.0  # loss of brightness from the upper left to the lower right
    shadow: float = 0.0  # on the right half, with a soft edge
    noise: float = 2.0  # standard deviation, levels of 255
    rules: int = 0  # pixels between ruled lines; 0 means plain paper
    squared: bool = False
    rule_colour: tuple[int, int, int] = (150, 170, 200)
    rule_width: int = 2
    tilt: float = 0.0  # degrees
    blur: float = 0.7


def photograph(rows: Sequence[Sequence[np.ndarray]], paper: Paper, *, seed: int = 0) -> Image.Image:
    """A photo of rows of digits on ``paper``; each digit is float (h, w), 0 paper, 1 ink."""
    return photograph_with_boxes(rows, paper, seed=seed)[0]


def photograph_with_boxes(rows, paper, *, seed=0, gap=0.35):
    """The photo and the box of each digit before the tilt: left, top, right, bottom, in pixels."""
    random = np.random.default_rng(seed)
    width, height = paper.size
    ink = np.zeros((height, width))
    boxes = []
    row_height = height / (len(rows) + 0.3)
    for number, row in enumerate(rows):
        tallest = max(digit.shape[0] for digit in row)
        space = max(4, gap * tallest)
        x = (width - sum(digit.shape[1] for digit in row) - space * (len(row) - 1)) / 2
        for digit in row:
            y = row_height * (number + 0.65) - digit.shape[0] / 2
            top, left = max(0, round(y)), max(0, round(x))
            region = ink[top : top + digit.shape[0], left : left + digit.shape[1]]
            np.maximum(region, digit[: region.shape[0], : region.shape[1]], out=region)
            boxes.append((left, top, left + digit.shape[1], top + digit.shape[0]))
            x += digit.shape[1] + space
    surface = np.broadcast_to(np.array(paper.colour, float), (height, width, 3)).copy()
    _draw_ruled_lines(surface, paper)
    surface += ink[..., None] * (np.array(paper.pen, float) - surface)
    picture = Image.fromarray(surface.astype(np.uint8))
    if paper.tilt:
        picture = picture.rotate(paper.tilt, Image.Resampling.BICUBIC, fillcolor=paper.colour)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(paper.blur)), float) * _brightness(paper)[..., None]
    pixels += random.normal(0, paper.noise, (height, width, 1))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), boxes


def _draw_ruled_lines(surface: np.ndarray, paper: Paper) -> None:
    for start in range(paper.rules // 2, surface.shape[0], paper.rules) if paper.rules else ():
        surface[start : start + paper.rule_width] = paper.rule_colour
    for start in range(paper.rules // 2, surface.shape[1], paper.rules) if paper.squared else ():
        surface[:, start : start + paper.rule_width] = paper.rule_colour


def _brightness(paper: Paper) -> np.ndarray:
    width, height = paper.size
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    shadow = 1 / (1 + np.exp(-(x + 0.3 * y - 0.7) * 60))  # 60: the soft edge takes 2 % of the width
    return (1 - paper.light_falloff * (x + y) / 2) * (1 - paper.shadow * shadow)


def encoded(picture: Image.Image, format_: str = "JPEG", **options: object) -> io.BytesIO:
    """``picture`` as the content of an image file."""
    file = io.BytesIO()
    picture.save(file, format_, **options)
    file.seek(0)
    return file
