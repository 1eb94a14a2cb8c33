"""Find the handwritten digits on a photo, dark on light or light on dark, and normalize each as in MNIST."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import scipy
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_core.digits.binarization import MAX_SINGLE_DIGIT_SIDE, Ink, find_ink
from mnist_core.digits.normalization import Preparation, extent, prepare, prepare_ink
from mnist_core.digits.segmentation import Mark, Segmentation, segment, stroke_width
from mnist_core.errors import LabError

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
MAX_PIXELS = 100_000_000
MAX_SIDE = 1600  # pixels; larger pictures are reduced: a digit on a page of 30 lines still has 40
MIN_SIDE = 280  # pixels; smaller pictures are enlarged, because some thresholds are in pixels
MIN_WIDTH = 16  # pixels; narrower pictures have no digits
MIN_INK_STRENGTH = 0.2  # of full ink; fainter pixels of a tiny picture are paper
MARGIN = 2  # pixels of soft edge around the ink
MIN_STROKE_SHARE, TYPICAL_STROKE_SHARE = 0.08, 0.12  # of a digit's longest side: MNIST's 5th percentile and median


class PictureError(LabError):
    """The file is not a usable picture."""


@dataclass(frozen=True)
class PhotoDigit:
    """A digit on a photo. ``box``: left, top, right, bottom in pixels of the upright photo at its original size.

    ``preparation``: its normalization steps; ``preparation.digit`` is uint8 (28, 28), the network's input.
    """

    box: tuple[int, int, int, int]
    preparation: Preparation


@dataclass(frozen=True)
class Photo:
    """A photo and the digits on it.

    ``picture``: uint8 (H, W, 3), upright, at most 1600 pixels a side. ``size``: original width and height in pixels.
    ``lines``: the text lines, each with its digits from left to right; empty when no ink was found.
    """

    picture: np.ndarray
    size: tuple[int, int]
    lines: tuple[tuple[PhotoDigit, ...], ...]

    @property
    def digits(self) -> tuple[PhotoDigit, ...]:
        """All digits in reading order."""
        return tuple(digit for line in self.lines for digit in line)


def read(file: Path | BinaryIO) -> Photo:
    """Find the digits on the picture in ``file``; of an animation, the first frame is read.

    Raises PictureError when the file is missing, not a picture, damaged, or larger than 100 megapixels.
    """
    picture, size = _decode(file)
    if max(size) <= MAX_SINGLE_DIGIT_SIDE:
        return Photo(np.asarray(picture), size, _single_digit(picture))
    grey = _to_grey(picture)
    if min(grey.size) < MIN_WIDTH:
        return Photo(np.asarray(picture), size, ())
    ink = find_ink(np.asarray(grey))
    segmentation = segment(ink.mask)
    scale = size[0] / grey.width, size[1] / grey.height
    lines = tuple(tuple(_photo_digit(mark, segmentation, ink, scale) for mark in line) for line in segmentation.lines)
    return Photo(np.asarray(picture), size, lines)


def _single_digit(picture: Image.Image) -> tuple[tuple[PhotoDigit, ...], ...]:
    """Treat all ink of a tiny picture, as MNIST's own, as one digit, with its soft edges."""
    strength = find_ink(np.asarray(picture.convert("L"))).strength
    ink = np.rint(255 * np.where(strength < MIN_INK_STRENGTH, 0, strength)).astype(np.uint8)
    preparation = prepare(ink, threshold=1)
    if preparation is None:
        return ()
    rows, columns = extent(ink, threshold=1)
    return ((PhotoDigit((columns.start, rows.start, columns.stop, rows.stop), preparation),),)


def _decode(file: Path | BinaryIO) -> tuple[Image.Image, tuple[int, int]]:
    """Decode ``file``: the picture upright, in RGB, at most 1600 pixels a side, and its original width and height."""
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureError(
                    f"The picture has {picture.width} × {picture.height} pixels; 100 megapixels are the most."
                )
            size = picture.size
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # decodes a large JPEG at reduced size
            upright = ImageOps.exif_transpose(_reduce(picture))
            is_rotated = (upright.width > upright.height) != (size[0] > size[1])
            return _flatten_transparency(upright), size[::-1] if is_rotated else size
    except FileNotFoundError as error:
        raise PictureError(f"There is no picture {file}.") from error
    except UnidentifiedImageError as error:
        raise PictureError("This is not a picture that can be read. JPEG, PNG and WebP can.") from error
    except Image.DecompressionBombError as error:
        raise PictureError("The picture has over 100 megapixels; that is too many.") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureError(f"The picture is broken or cannot be read ({error}). Take or save it again.") from error


def _reduce(picture: Image.Image) -> Image.Image:
    """Convert ``picture`` to 8 bits per channel and at most 1600 pixels a side."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits and more
        picture = _to_8_bits(picture)
    if picture.mode in ("1", "P", "PA"):
        picture = picture.convert("RGBA")
    picture.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=2.0)
    return picture


def _to_8_bits(picture: Image.Image) -> Image.Image:
    levels = np.nan_to_num(np.asarray(picture, dtype=np.float32))
    darkest, lightest = (0, 65535) if picture.mode.startswith("I;16") else (levels.min(), levels.max())
    scaled = (levels - darkest) * (255 / max(lightest - darkest, 1e-6))
    converted = Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))
    converted.info = picture.info
    return converted


def _flatten_transparency(picture: Image.Image) -> Image.Image:
    """Convert ``picture`` to RGB; transparent pixels become white, or black behind light ink."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    opaque = np.asarray(picture)[..., 3] > 127
    has_light_ink = opaque.any() and np.asarray(picture.convert("L"))[opaque].mean() > 127 and not opaque.all()
    paper = Image.new("RGBA", picture.size, "black" if has_light_ink else "white")
    return Image.alpha_composite(paper, picture).convert("RGB")


def _to_grey(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L")
    longest = max(grey.size)
    if longest >= MIN_SIDE:
        return grey
    width, height = (max(1, round(side * MIN_SIDE / longest)) for side in grey.size)
    return grey.resize((width, height), Image.Resampling.BICUBIC)


def _photo_digit(mark: Mark, segmentation: Segmentation, ink: Ink, scale: tuple[float, float]) -> PhotoDigit:
    rows = slice(max(0, mark.top - MARGIN), mark.bottom + MARGIN)
    columns = slice(max(0, mark.left - MARGIN), mark.right + MARGIN)
    component = np.isin(segmentation.labels[rows, columns], mark.labels)
    top, left = mark.top - rows.start, mark.left - columns.start
    in_box = np.zeros_like(component)
    in_box[top : top + mark.height, left : left + mark.width] = True  # a component may be split into digits
    soft_edge = scipy.ndimage.binary_dilation(component & in_box, iterations=MARGIN)
    strength = np.where(soft_edge, ink.strength[rows, columns], 0)
    preparation = prepare_ink(_widen_thin_strokes(component & in_box, strength), threshold=1)
    left, right = (round(x * scale[0]) for x in (mark.left, mark.right))
    top, bottom = (round(y * scale[1]) for y in (mark.top, mark.bottom))
    return PhotoDigit((left, top, right, bottom), preparation)


def _widen_thin_strokes(mask: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """A digit's ink, uint8 (h, w), 0 paper, 255 full ink; strokes thinner than MNIST's are widened.

    ``mask``: bool (h, w), where the digit's ink is. ``strength``: float32 (h, w), 0 paper, 1 full ink.
    """
    ink = np.rint(255 * np.clip(strength / max(float(strength.max()), 1e-6), 0, 1)).astype(np.uint8)
    longest = max(mask.shape) - 2 * MARGIN
    width = stroke_width(mask)
    if width >= MIN_STROKE_SHARE * longest:
        return ink
    growth = (TYPICAL_STROKE_SHARE * longest - width) / 2
    edge = int(np.ceil(growth)) + 1
    outside = scipy.ndimage.distance_transform_edt(~np.pad(mask, edge))
    widened = np.clip(growth + 1 - outside, 0, 1)
    thick: np.ndarray = np.maximum(np.pad(ink, edge), np.rint(255 * widened).astype(np.uint8))
    return thick
