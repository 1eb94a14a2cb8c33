"""Binarize a photo: find the ink, independent of lighting, paper colour and ruled lines."""

from dataclasses import dataclass

import numpy as np
import scipy

MIN_CONTRAST = 0.08  # relative to the paper's brightness; fainter structures are the paper's texture
NOISE_DEVIATIONS = 6.0  # ink is darker than the paper by this many standard deviations of its noise
INK_THRESHOLD = 0.4  # relative to the darkest ink; weaker pixels are ruled lines, shadows or soft stroke edges
MIN_PAPER_BRIGHTNESS = 64  # of 255; on darker paper the camera's noise would look like ink
MAX_BOARD_BRIGHTNESS = 140  # median of 255; a lighter background never carries still lighter ink
MAX_STROKE_SHARE = 1 / 3  # the widest stroke relative to the picture's shorter side
PAPER_WINDOW_STROKES = 6  # side of the paper window in stroke widths; such a window always contains paper
CLEAR_CONTRAST_SHARE = 0.5  # of the strongest contrast; weaker contrast is ignored when polarity is detected
MAX_SINGLE_DIGIT_SIDE = 48  # pixels; a picture this small (MNIST's have 28) contains one digit
REDUCED_SIDE = 256  # pixels of the longest side when polarity and stroke width are estimated
MAX_RULE_DEGREES = 8.0  # how far a ruled line may be rotated from the horizontal or vertical
MIN_RULE_LENGTH = 0.45  # of the picture's width; a longer straight line is not a digit's stroke
MAX_RULE_WIDTH = 0.012  # of the picture's longer side
MAX_RULES = 120


@dataclass(frozen=True)
class Ink:
    """The ink on a photo.

    ``strength``: float32 (H, W), 0 paper, 1 the darkest ink. ``mask``: bool (H, W), True for ink, without ruled lines.
    """

    strength: np.ndarray
    mask: np.ndarray


def find_ink(grey: np.ndarray) -> Ink:
    """Find the ink in ``grey``, uint8 (H, W), 0 black, 255 white; it may be darker or lighter than the paper."""
    grey = scipy.ndimage.gaussian_filter(grey.astype(np.float32), max(grey.shape) / 1600)
    if _is_light_on_dark(grey):
        grey = 255 - grey
    darkness = _darkness(grey, _paper_window(grey))
    contrast = max(MIN_CONTRAST, NOISE_DEVIATIONS * _noise(darkness))
    candidates = darkness[darkness > contrast]
    if not len(candidates):
        return Ink(np.zeros_like(darkness), np.zeros(darkness.shape, bool))
    full_strength = float(np.percentile(candidates, 99))
    mask = darkness > max(INK_THRESHOLD * full_strength, contrast)
    return Ink(np.clip(darkness / full_strength, 0, 1), remove_ruled_lines(mask))


def _is_light_on_dark(grey: np.ndarray) -> bool:
    """Whether the thin structures in ``grey``, float32 (H, W), are lighter than their surroundings.

    A closing fills dark structures narrower than its window, an opening removes light ones (top-hat transforms;
    Meyer, 1979). Strokes are thinner than the paper between them, so a growing window removes ink before paper.
    A tiny picture shows no such difference; there the pixels at the edge are taken as paper.
    """
    if max(grey.shape) <= MAX_SINGLE_DIGIT_SIDE:
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        return bool(np.median(edge) < (grey.max() + grey.min()) / 2)
    reduced = _reduced(grey)
    if np.median(reduced) > MAX_BOARD_BRIGHTNESS:
        return False
    max_window = _odd(MAX_STROKE_SHARE * min(reduced.shape))
    windows = [window for window in (3, 5, 7, 11, 15, 23, 33, 47) if window < max_window] + [max_window]
    dark = np.stack([scipy.ndimage.grey_closing(reduced, (window, window)) - reduced for window in windows])
    light = np.stack([reduced - scipy.ndimage.grey_opening(reduced, (window, window)) for window in windows])
    threshold = CLEAR_CONTRAST_SHARE * max(dark.max(), light.max())
    return _narrowest_window(light > threshold) < _narrowest_window(dark > threshold)


def _narrowest_window(hats: np.ndarray) -> tuple[int, int]:
    """The first window whose area in ``hats``, bool (windows, H, W), is half of the largest, and minus its area."""
    areas = hats.sum(axis=(1, 2))
    window = int(np.argmax(areas >= areas.max() / 2)) if areas.any() else len(areas)
    return window, -int(areas[min(window, len(areas) - 1)])


def _paper_window(grey: np.ndarray) -> int:
    """The side, in pixels, of a square window that is wider than any stroke, so that it always contains paper."""
    reduced = _reduced(grey)
    max_window = _odd(MAX_STROKE_SHARE * min(reduced.shape))
    darkness = _darkness(reduced, max_window)
    strokes = darkness > max(MIN_CONTRAST, INK_THRESHOLD * float(darkness.max()))
    if not strokes.any():
        return _odd(MAX_STROKE_SHARE * min(grey.shape))
    depths = scipy.ndimage.distance_transform_edt(strokes)[strokes]
    stroke_width = 2 * float(np.percentile(depths, 98))
    window = min(max(PAPER_WINDOW_STROKES * stroke_width, max(reduced.shape) / 24), max_window)
    return _odd(window * max(grey.shape) / max(reduced.shape))


def _darkness(grey: np.ndarray, window: int) -> np.ndarray:
    """How much darker each pixel is than the paper around it: float32 (H, W), 0 paper, 1 black.

    The paper's brightness is estimated by a morphological closing, which follows shadows and removes strokes
    narrower than ``window`` pixels.
    """
    paper = scipy.ndimage.grey_closing(grey, (window, window))
    paper = scipy.ndimage.uniform_filter(paper, max(3, max(grey.shape) // 200))
    relative = 1 - grey / np.maximum(paper, MIN_PAPER_BRIGHTNESS)
    darkness: np.ndarray = relative - np.median(relative)
    return darkness


def _noise(darkness: np.ndarray) -> float:
    """Estimate the noise's standard deviation from the median absolute deviation, as most pixels are paper."""
    return 1.4826 * float(np.median(np.abs(darkness)))


def _reduced(grey: np.ndarray) -> np.ndarray:
    factor = max(1, round(max(grey.shape) / REDUCED_SIDE))
    height, width = (side // factor * factor for side in grey.shape)
    squares = grey[:height, :width].reshape(height // factor, factor, width // factor, factor)
    means: np.ndarray = squares.mean(axis=(1, 3))
    return means


def _odd(length: float) -> int:
    return 2 * int(length / 2) + 1


def remove_ruled_lines(mask: np.ndarray) -> np.ndarray:
    """Remove the lines of ruled or squared paper from ``mask``, bool (H, W), but not the strokes that cross them."""
    max_width = max(2, round(MAX_RULE_WIDTH * max(mask.shape)))
    mask = _remove_horizontal_rules(mask, max_width)
    return _remove_horizontal_rules(mask.T, max_width).T


def _remove_horizontal_rules(mask: np.ndarray, max_width: int) -> np.ndarray:
    """Remove long, thin, nearly horizontal lines from ``mask``, one after the other, by a Hough transform.

    The upper ends of short vertical runs vote for the lines through them (Hough, 1962; Duda and Hart, 1972).
    """
    tops, columns, lengths = _vertical_runs(mask)
    is_narrow = lengths <= max_width
    tops, columns, lengths = tops[is_narrow], columns[is_narrow], lengths[is_narrow]
    slopes = np.tan(np.radians(np.arange(-MAX_RULE_DEGREES, MAX_RULE_DEGREES + 0.01, 0.25)))
    cleaned = mask.copy()
    tolerance = 3  # pixels by which a ruled line may deviate from a straight line
    for _ in range(MAX_RULES):
        slope, height, votes = _strongest_line(tops, columns, slopes, tolerance)
        if votes < MIN_RULE_LENGTH * mask.shape[1]:
            break
        on_line = np.abs(tops - slope * columns - height) <= tolerance
        width = np.median(lengths[on_line])
        on_rule = on_line & (lengths <= 1.6 * width + 1)
        _erase(cleaned, tops[on_rule], columns[on_rule], lengths[on_rule])
        tops, columns, lengths = tops[~on_line], columns[~on_line], lengths[~on_line]
    return cleaned


def _strongest_line(
    tops: np.ndarray, columns: np.ndarray, slopes: np.ndarray, tolerance: int
) -> tuple[float, float, int]:
    """The slope, the row at column 0 and the number of votes of the line through most of the points."""
    best = 0.0, 0.0, 0
    for slope in slopes if len(tops) else ():
        heights = tops - slope * columns
        lowest = heights.min()
        votes = np.bincount(((heights - lowest) / tolerance).astype(int))
        bin_ = int(votes.argmax())
        if votes[bin_] > best[2]:
            best = float(slope), float(lowest + (bin_ + 0.5) * tolerance), int(votes[bin_])
    return best


def _vertical_runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The vertical runs of True in ``mask``, bool (H, W): top rows, columns, lengths; int (runs,) each."""
    padded = np.pad(mask.T.astype(np.int8), ((0, 0), (1, 1)))
    steps = np.diff(padded, axis=1)  # (W, H + 1)
    columns, tops = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    return tops, columns, ends - tops


def _erase(mask: np.ndarray, tops: np.ndarray, columns: np.ndarray, lengths: np.ndarray) -> None:
    for offset in range(int(lengths.max(initial=0))):
        reaches = lengths > offset
        mask[tops[reaches] + offset, columns[reaches]] = False
