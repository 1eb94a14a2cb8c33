"""From a photo's brightness to its ink: the light, the paper's colour and ruled lines go, the pen stays."""

from dataclasses import dataclass

import numpy as np
import scipy

LEAST_CONTRAST = 0.08  # of the paper's brightness; what is fainter is the paper's texture
NOISE = 6.0  # ink is darker than the paper by this many standard deviations of its noise
INK = 0.4  # of the fullest ink's strength; above it is ink, below a rule, a shadow or the stroke's soft edge
DARKEST_PAPER = 64  # levels of 255; on darker paper the camera's noise would look like ink
LIGHTEST_BOARD = 140  # levels of 255; on lighter ground nobody writes with something lighter still
WIDEST_STROKE = 1 / 3  # of the picture's shorter side
STROKES_TO_PAPER = 6  # within this many stroke widths of any ink there is paper to be seen
CLEAR = 0.5  # of the strongest contrast; what counts when polarity is told
TINY = 48  # pixels on the longest side; a picture so small, as MNIST's own are, holds one digit
ROUGH = 256  # pixels on the longest side, to tell polarity and the stroke's width
STEEPEST = 8.0  # degrees by which a photo's ruled lines may be out of level
LONG = 0.45  # of the picture's width; what runs so far in a straight line is no digit's stroke
THIN = 0.012  # of the picture's longer side: the widest ruled line
MOST_RULES = 120


@dataclass(frozen=True)
class Ink:
    """What is written on a photo.

    ``strength``: float32 (H, W), 0 paper, 1 the fullest ink. ``mask``: bool (H, W), where there is ink; ruled lines
    are not.
    """

    strength: np.ndarray
    mask: np.ndarray


def find_ink(grey: np.ndarray) -> Ink:
    """The ink in ``grey``, uint8 (H, W), 0 black, 255 white, whichever of ink and paper is the darker."""
    grey = scipy.ndimage.gaussian_filter(grey.astype(np.float32), max(grey.shape) / 1600)
    if _is_light_on_dark(grey):
        grey = 255 - grey
    darkness = _darkness(grey, _paper_window(grey))
    contrast = max(LEAST_CONTRAST, NOISE * _noise(darkness))
    candidates = darkness[darkness > contrast]
    if not len(candidates):
        return Ink(np.zeros_like(darkness), np.zeros(darkness.shape, bool))
    fullest = float(np.percentile(candidates, 99))
    mask = darkness > max(INK * fullest, contrast)
    return Ink(np.clip(darkness / fullest, 0, 1), without_rules(mask))


def _is_light_on_dark(grey: np.ndarray) -> bool:
    """Whether what is thin in ``grey``, float32 (H, W), is lighter than what is around it.

    A closing fills dark things narrower than its window, an opening takes light ones away (top-hat transforms;
    Meyer, 1979). Strokes are thinner than the paper between them, so ink is what goes first as the window grows.
    In a tiny picture there is no such difference; its edge is paper.
    """
    if max(grey.shape) <= TINY:
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        return bool(np.median(edge) < (grey.max() + grey.min()) / 2)
    rough = _reduced(grey)
    if np.median(rough) > LIGHTEST_BOARD:
        return False
    widest = _odd(WIDEST_STROKE * min(rough.shape))
    windows = [window for window in (3, 5, 7, 11, 15, 23, 33, 47) if window < widest] + [widest]
    dark = np.stack([scipy.ndimage.grey_closing(rough, window) - rough for window in windows])
    light = np.stack([rough - scipy.ndimage.grey_opening(rough, window) for window in windows])
    clear = CLEAR * max(dark.max(), light.max())
    return _first_to_go(light > clear) < _first_to_go(dark > clear)


def _first_to_go(hats: np.ndarray) -> tuple[int, int]:
    """From ``hats``, bool (windows, H, W): the narrowest window that shows half of all, and how little it shows."""
    areas = hats.sum(axis=(1, 2))
    window = int(np.argmax(areas >= areas.max() / 2)) if areas.any() else len(areas)
    return window, -int(areas[min(window, len(areas) - 1)])


def _paper_window(grey: np.ndarray) -> int:
    """The side, in pixels, of a square that is wider than any stroke: it always sees some paper."""
    rough = _reduced(grey)
    widest = _odd(WIDEST_STROKE * min(rough.shape))
    darkness = _darkness(rough, widest)
    strokes = darkness > max(LEAST_CONTRAST, INK * float(darkness.max()))
    if not strokes.any():
        return _odd(WIDEST_STROKE * min(grey.shape))
    within = scipy.ndimage.distance_transform_edt(strokes)[strokes]
    stroke = 2 * float(np.percentile(within, 98))
    window = min(max(STROKES_TO_PAPER * stroke, max(rough.shape) / 24), widest)
    return _odd(window * max(grey.shape) / max(rough.shape))


def _darkness(grey: np.ndarray, window: int) -> np.ndarray:
    """How much darker than the paper around it each pixel is: float32 (H, W), 0 as the paper, 1 black.

    The paper's brightness is a morphological closing: it follows shadows, and strokes narrower than ``window``
    pixels are gone from it.
    """
    paper = scipy.ndimage.grey_closing(grey, window)
    paper = scipy.ndimage.uniform_filter(paper, max(3, max(grey.shape) // 200))
    darkness = 1 - grey / np.maximum(paper, DARKEST_PAPER)
    return darkness - np.median(darkness)


def _noise(darkness: np.ndarray) -> float:
    """The standard deviation of the paper's noise, from the median deviation: most of a photo is paper."""
    return 1.4826 * float(np.median(np.abs(darkness)))


def _reduced(grey: np.ndarray) -> np.ndarray:
    step = max(1, round(max(grey.shape) / ROUGH))
    height, width = (side // step * step for side in grey.shape)
    return grey[:height, :width].reshape(height // step, step, width // step, step).mean(axis=(1, 3))


def _odd(length: float) -> int:
    return 2 * int(length / 2) + 1


def without_rules(mask: np.ndarray) -> np.ndarray:
    """``mask``, bool (H, W), without the ruled or squared paper's lines; strokes that cross them stay whole."""
    thin = max(2, round(THIN * max(mask.shape)))
    mask = _without_level_rules(mask, thin)
    return _without_level_rules(mask.T, thin).T


def _without_level_rules(mask: np.ndarray, thin: int) -> np.ndarray:
    """``mask`` without its long, thin, nearly level lines, found one after the other by a Hough transform.

    The upper edges of thin vertical runs vote for the lines that go through them (Hough, 1962; Duda and Hart, 1972).
    """
    tops, columns, lengths = _vertical_runs(mask)
    narrow = lengths <= thin
    tops, columns, lengths = tops[narrow], columns[narrow], lengths[narrow]
    slopes = np.tan(np.radians(np.arange(-STEEPEST, STEEPEST + 0.01, 0.25)))
    cleaned = mask.copy()
    tolerance = 3  # pixels that a line may leave its straight course
    for _ in range(MOST_RULES):
        slope, height, votes = _strongest_line(tops, columns, slopes, tolerance)
        if votes < LONG * mask.shape[1]:
            break
        on_line = np.abs(tops - slope * columns - height) <= tolerance
        width = np.median(lengths[on_line])
        rule = on_line & (lengths <= 1.6 * width + 1)
        _erase(cleaned, tops[rule], columns[rule], lengths[rule])
        tops, columns, lengths = tops[~on_line], columns[~on_line], lengths[~on_line]
    return cleaned


def _strongest_line(
    tops: np.ndarray, columns: np.ndarray, slopes: np.ndarray, tolerance: int
) -> tuple[float, float, int]:
    """The slope, the height at column 0 and the votes of the line through most of the points."""
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
    """The vertical runs of ``mask``, bool (H, W): top rows, columns, lengths; int (runs,) each."""
    padded = np.pad(mask.T.astype(np.int8), ((0, 0), (1, 1)))
    steps = np.diff(padded, axis=1)  # (W, H + 1)
    columns, tops = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    return tops, columns, ends - tops


def _erase(mask: np.ndarray, tops: np.ndarray, columns: np.ndarray, lengths: np.ndarray) -> None:
    for offset in range(int(lengths.max(initial=0))):
        reaches = lengths > offset
        mask[tops[reaches] + offset, columns[reaches]] = False
