"""Take written digits apart: which ink belongs to one digit, and in which order the digits are read."""

from dataclasses import dataclass

import numpy as np
import scipy

from mnist_core.digits.normalization import extent

LEAST_HEIGHT = 12  # pixels; smaller marks are specks
SPECK = 0.15  # of the digits' height; smaller marks are dirt
SMALL = 0.45  # of the digits' height; lower marks belong to a digit beside them or are none
TALLEST = 1.35  # of the digits' height: so tall a digit may get by joining two parts
NEAR = 0.12  # of the digits' height: parts so close are one digit's if one of them is small
ABOVE = 0.35  # of the digits' height: as far may a 5's roof float over its belly
WIDE = 1.15  # of the digits' height; what is wider may be two digits that touch
SOLID = 0.32  # of the longest side; MNIST's strokes are 0.19 at the 95th percentile, measured
MOST_MARKS = 400  # more than digits: a carpet, a page of print


@dataclass(frozen=True)
class Mark:
    """Connected ink: its box in pixels, right and bottom excluded, and the components' numbers that make it."""

    left: int
    top: int
    right: int
    bottom: int
    labels: tuple[int, ...]

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top

    def joined(self, other: "Mark") -> "Mark":
        """Both as one."""
        return Mark(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.labels + other.labels,
        )


@dataclass(frozen=True)
class Segmentation:
    """The digits of a picture: ``labels``, int32 (H, W), 0 paper; ``lines``: marks from left to right, line by line."""

    labels: np.ndarray
    lines: tuple[tuple[Mark, ...], ...]


def segment(mask: np.ndarray) -> Segmentation:
    """The digits in ``mask``, bool (H, W), where there is ink."""
    labels, _ = scipy.ndimage.label(mask, np.ones((3, 3)))
    marks = _marks(labels)
    height = digit_height(marks)
    marks = [mark for mark in marks if max(mark.width, mark.height) >= SPECK * height]
    if len(marks) > MOST_MARKS:
        marks = []
    marks = [mark for mark in marks if not _lies_at_edge(mark, mask.shape, height)]
    marks = _join(marks, height)
    marks = [mark for mark in marks if mark.height >= SMALL * height and mark.width <= 3 * mark.height]
    marks = [mark for mark in marks if not _is_blot(labels, mark)]
    marks = [piece for mark in marks for piece in _split(labels, mark, height)]
    return Segmentation(labels, _lines(marks))


def _marks(labels: np.ndarray) -> list[Mark]:
    found = (
        Mark(columns.start, rows.start, columns.stop, rows.stop, (label,))
        for label, (rows, columns) in enumerate(scipy.ndimage.find_objects(labels), start=1)
    )
    return [mark for mark in found if max(mark.width, mark.height) >= LEAST_HEIGHT]


def digit_height(marks: list[Mark]) -> float:
    """How tall the digits are among ``marks``, in pixels: the median of the heights, tall ones weighing more."""
    heights = np.sort([mark.height for mark in marks])
    weights = np.cumsum(heights.astype(np.float64) ** 2)
    return float(heights[np.searchsorted(weights, weights[-1] / 2)]) if len(heights) else 0.0


def _lies_at_edge(mark: Mark, shape: tuple[int, ...], height: float) -> bool:
    """Whether ``mark`` is the table, a shadow or a page's edge: it leaves the picture and is no digit's size."""
    rows, columns = shape
    leaves = mark.left == 0 or mark.top == 0 or mark.right == columns or mark.bottom == rows
    return leaves and not (0.6 * height <= mark.height <= 1.5 * height and mark.width <= 1.5 * height)


def _is_blot(labels: np.ndarray, mark: Mark) -> bool:
    """Whether ``mark`` is too solid to be drawn in strokes: a blot, a thumb or a shadow's corner."""
    ink = np.isin(labels[mark.top : mark.bottom, mark.left : mark.right], mark.labels)
    return stroke_width(ink) > SOLID * max(mark.width, mark.height)


def _join(marks: list[Mark], height: float) -> list[Mark]:
    """Join the parts of a digit: broken strokes, a 5's detached roof, the dot in a 0."""
    marks = sorted(marks, key=lambda mark: mark.height)
    joined: list[Mark] = []
    while marks:
        part = marks.pop(0)
        partner = min(marks, key=lambda mark: _distance(part, mark), default=None)
        if partner is None or not _belong_together(part, partner, height):
            partner = next((mark for mark in marks if _belong_together(part, mark, height)), None)
        if partner is None:
            joined.append(part)
            continue
        marks.remove(partner)
        marks = sorted([*marks, part.joined(partner)], key=lambda mark: mark.height)
    return joined


def _belong_together(part: Mark, mark: Mark, height: float) -> bool:
    """Whether the smaller ``part`` is of the same digit as ``mark``."""
    both = part.joined(mark)
    if both.height > max(TALLEST * height, mark.height) or both.width > 1.3 * max(height, mark.width):
        return False
    shared = min(part.right, mark.right) - max(part.left, mark.left)
    if shared >= 0.5 * part.width and _gap(part, mark)[1] <= ABOVE * height:
        return True
    return part.height < 0.6 * height and _distance(part, mark) <= NEAR * height


def _gap(one: Mark, other: Mark) -> tuple[int, int]:
    """The pixels between two boxes, to the side and up or down; 0 where they overlap."""
    return (
        max(0, max(one.left, other.left) - min(one.right, other.right)),
        max(0, max(one.top, other.top) - min(one.bottom, other.bottom)),
    )


def _distance(one: Mark, other: Mark) -> float:
    return float(np.hypot(*_gap(one, other)))


def _split(labels: np.ndarray, mark: Mark, height: float) -> list[Mark]:
    """``mark``, or its two halves if it looks like two digits that touch; the halves' ink is told apart by their box.

    It is cut where a column has least ink, if that is no more than a stroke and both halves are as tall as digits.
    """
    if mark.width < WIDE * max(height, mark.height):
        return [mark]
    ink = np.isin(labels[mark.top : mark.bottom, mark.left : mark.right], mark.labels)
    per_column = ink.sum(axis=0)
    quarter = mark.width // 4
    cut = quarter + int(per_column[quarter:-quarter].argmin())
    if per_column[cut] > 1.6 * stroke_width(ink):
        return [mark]
    halves = [_shrunk(ink[:, :cut], mark, mark.left), _shrunk(ink[:, cut:], mark, mark.left + cut)]
    if min(half.height for half in halves) < 0.65 * mark.height:
        return [mark]
    return [piece for half in halves for piece in _split(labels, half, height)]


def _shrunk(ink: np.ndarray, mark: Mark, left: int) -> Mark:
    rows, columns = extent(ink, edge=1)
    return Mark(left + columns.start, mark.top + rows.start, left + columns.stop, mark.top + rows.stop, mark.labels)


def stroke_width(ink: np.ndarray) -> float:
    """The mean width of the strokes in ``ink``, bool (H, W), in pixels.

    In a straight band of width w the distance to the nearest edge is w / 4 on average, measured between pixels'
    centres half a pixel more.
    """
    inside = scipy.ndimage.distance_transform_edt(np.pad(ink, 1))[1:-1, 1:-1]
    return max(1.0, 4 * (float(inside[ink].mean()) - 0.5))


def _lines(marks: list[Mark]) -> tuple[tuple[Mark, ...], ...]:
    """``marks`` from left to right, in lines from top to bottom; a line may rise or fall."""
    lines: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda mark: mark.left + mark.right):
        line = max(lines, key=lambda line: _level(line[-1], mark), default=None)
        if line is None or _level(line[-1], mark) < 0.35:
            lines.append([mark])
        else:
            line.append(mark)
    lines.sort(key=lambda line: np.mean([mark.top + mark.bottom for mark in line]))
    return tuple(tuple(line) for line in lines)


def _level(one: Mark, other: Mark) -> float:
    """How much of the lower mark's height both share: 1 side by side, negative one above the other."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared / min(one.height, other.height)
