"""Segment ink into digits and text lines."""

from dataclasses import dataclass

import numpy as np
import scipy

from mnist_core.digits.normalization import extent

MIN_MARK_SIZE = 12  # pixels; smaller marks are noise
MIN_RELATIVE_SIZE = 0.15  # of the digits' height; smaller marks are noise
MIN_RELATIVE_HEIGHT = 0.45  # of the digits' height; lower marks are not digits by themselves
MAX_JOINED_HEIGHT = 1.35  # of the digits' height, for a digit joined from two parts
MAX_PART_DISTANCE = 0.12  # of the digits' height, between a small part and the rest of its digit
MAX_VERTICAL_GAP = 0.35  # of the digits' height, such as between a 5's top stroke and its body
MIN_TOUCHING_WIDTH = 1.15  # of the digits' height; wider marks may be two touching digits
MAX_STROKE_WIDTH = 0.32  # of the longest side; in MNIST the measured 95th percentile is 0.19
MAX_MARKS = 400  # more marks are not digits but a texture or printed text


@dataclass(frozen=True)
class Mark:
    """Ink of one or more components: its box in pixels, right and bottom excluded, and the components' labels."""

    left: int
    top: int
    right: int
    bottom: int
    labels: tuple[int, ...]

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    def joined(self, other: "Mark") -> "Mark":
        """The union of both marks."""
        return Mark(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
            self.labels + other.labels,
        )


@dataclass(frozen=True)
class Segmentation:
    """``labels``: int32 (H, W), the component of each pixel, 0 paper. ``lines``: text lines, marks left to right."""

    labels: np.ndarray
    lines: tuple[tuple[Mark, ...], ...]


def segment(mask: np.ndarray) -> Segmentation:
    """Find the digits in ``mask``, bool (H, W), True for ink."""
    labels, _ = scipy.ndimage.label(mask, np.ones((3, 3)))
    marks = _marks(labels)
    height = digit_height(marks)
    marks = [mark for mark in marks if max(mark.width, mark.height) >= MIN_RELATIVE_SIZE * height]
    if len(marks) > MAX_MARKS:
        marks = []
    marks = [mark for mark in marks if not _lies_at_edge(mark, mask.shape, height)]
    marks = _join(marks, height)
    marks = [mark for mark in marks if mark.height >= MIN_RELATIVE_HEIGHT * height and mark.width <= 3 * mark.height]
    marks = [mark for mark in marks if not _is_blot(labels, mark)]
    marks = [piece for mark in marks for piece in _split_touching(labels, mark, height)]
    return Segmentation(labels, _text_lines(marks))


def _marks(labels: np.ndarray) -> list[Mark]:
    candidates = (
        Mark(columns.start, rows.start, columns.stop, rows.stop, (label,))
        for label, (rows, columns) in enumerate(scipy.ndimage.find_objects(labels), start=1)
    )
    return [mark for mark in candidates if max(mark.width, mark.height) >= MIN_MARK_SIZE]


def digit_height(marks: list[Mark]) -> float:
    """Estimate the digits' height in pixels: the median of the heights of ``marks``, weighted by height squared."""
    heights = np.sort([mark.height for mark in marks])
    weights = np.cumsum(heights.astype(np.float64) ** 2)
    return float(heights[np.searchsorted(weights, weights[-1] / 2)]) if len(heights) else 0.0


def _lies_at_edge(mark: Mark, shape: tuple[int, ...], height: float) -> bool:
    """Whether ``mark`` touches the picture's border and has no digit's size, such as a shadow or a page's edge."""
    rows, columns = shape
    touches_border = mark.left == 0 or mark.top == 0 or mark.right == columns or mark.bottom == rows
    return touches_border and not (0.6 * height <= mark.height <= 1.5 * height and mark.width <= 1.5 * height)


def _is_blot(labels: np.ndarray, mark: Mark) -> bool:
    """Whether ``mark`` is too solid to consist of strokes, such as a blot, a thumb or a shadow."""
    ink = np.isin(labels[mark.top : mark.bottom, mark.left : mark.right], mark.labels)
    return stroke_width(ink) > MAX_STROKE_WIDTH * max(mark.width, mark.height)


def _join(marks: list[Mark], height: float) -> list[Mark]:
    """Join the parts of each digit: broken strokes, a 5's detached top stroke, the dot in a 0."""
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
    """Whether the smaller ``part`` belongs to the same digit as ``mark``."""
    union = part.joined(mark)
    if union.height > max(MAX_JOINED_HEIGHT * height, mark.height) or union.width > 1.3 * max(height, mark.width):
        return False
    shared = min(part.right, mark.right) - max(part.left, mark.left)
    if shared >= 0.5 * part.width and _gap(part, mark)[1] <= MAX_VERTICAL_GAP * height:
        return True
    return part.height < 0.6 * height and _distance(part, mark) <= MAX_PART_DISTANCE * height


def _gap(first: Mark, other: Mark) -> tuple[int, int]:
    """The horizontal and vertical gap between two boxes in pixels; 0 where they overlap."""
    return (
        max(0, max(first.left, other.left) - min(first.right, other.right)),
        max(0, max(first.top, other.top) - min(first.bottom, other.bottom)),
    )


def _distance(first: Mark, other: Mark) -> float:
    return float(np.hypot(*_gap(first, other)))


def _split_touching(labels: np.ndarray, mark: Mark, height: float) -> list[Mark]:
    """Split ``mark`` if it looks like touching digits; the halves share labels and differ in their boxes.

    Cut at the column with the least ink, if that is at most a stroke's width and both halves are tall enough.
    """
    if mark.width < MIN_TOUCHING_WIDTH * max(height, mark.height):
        return [mark]
    ink = np.isin(labels[mark.top : mark.bottom, mark.left : mark.right], mark.labels)
    per_column = ink.sum(axis=0)
    quarter = mark.width // 4
    cut = quarter + int(per_column[quarter:-quarter].argmin())
    if per_column[cut] > 1.6 * stroke_width(ink):
        return [mark]
    halves = [_shrink(ink[:, :cut], mark, mark.left), _shrink(ink[:, cut:], mark, mark.left + cut)]
    if min(half.height for half in halves) < 0.65 * mark.height:
        return [mark]
    return [piece for half in halves for piece in _split_touching(labels, half, height)]


def _shrink(ink: np.ndarray, mark: Mark, left: int) -> Mark:
    rows, columns = extent(ink, threshold=1)
    return Mark(left + columns.start, mark.top + rows.start, left + columns.stop, mark.top + rows.stop, mark.labels)


def stroke_width(ink: np.ndarray) -> float:
    """The mean width of the strokes in ``ink``, bool (H, W), in pixels.

    In a straight band of width w the mean distance to the nearest edge is w / 4; measured between pixel centres it is
    half a pixel more.
    """
    distances = scipy.ndimage.distance_transform_edt(np.pad(ink, 1))[1:-1, 1:-1]
    return max(1.0, 4 * (float(distances[ink].mean()) - 0.5))


def _text_lines(marks: list[Mark]) -> tuple[tuple[Mark, ...], ...]:
    """Group ``marks`` into text lines, top to bottom, each left to right; a line may be slanted."""
    lines: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda mark: mark.left + mark.right):
        line = max(lines, key=lambda line: _vertical_overlap(line[-1], mark), default=None)
        if line is None or _vertical_overlap(line[-1], mark) < 0.35:
            lines.append([mark])
        else:
            line.append(mark)
    lines.sort(key=lambda line: np.mean([mark.top + mark.bottom for mark in line]))
    return tuple(tuple(line) for line in lines)


def _vertical_overlap(first: Mark, other: Mark) -> float:
    """The vertical overlap relative to the smaller height: 1 side by side, negative one above the other."""
    shared = min(first.bottom, other.bottom) - max(first.top, other.top)
    return shared / min(first.height, other.height)
