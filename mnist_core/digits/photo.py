"""From a photo of digits on paper to the digits: dark on light or light on dark, one or many, of any size."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import scipy
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_core.digits.binarization import TINY, Ink, find_ink
from mnist_core.digits.normalization import Preparation, extent, prepare
from mnist_core.digits.segmentation import Mark, Segmentation, segment, stroke_width
from mnist_core.errors import LabError

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
MOST_PIXELS = 100_000_000
LARGEST = 1600  # pixels a side to work on: a digit on a page of 30 lines still has 40
SMALLEST = 280  # pixels a side; smaller pictures are enlarged, so that lengths in pixels hold
NARROWEST = 16  # pixels; on a narrower strip nobody writes
FAINTEST = 0.2  # of full ink; what is fainter in a tiny picture is paper
MARGIN = 2  # pixels of soft edge around the ink
THINNEST, USUAL = 0.08, 0.12  # MNIST's strokes as shares of a digit's longest side: 5th percentile and median


class PictureError(LabError):
    """A file that is no usable picture."""


@dataclass(frozen=True)
class Found:
    """A digit on a photo. ``box``: left, top, right, bottom in pixels of the upright photo, as it was taken.

    ``preparation``: its ink on the way to the network, ``preparation.digit`` is uint8 (28, 28).
    """

    box: tuple[int, int, int, int]
    preparation: Preparation


@dataclass(frozen=True)
class Photo:
    """A photo and the digits on it.

    ``picture``: uint8 (H, W, 3), upright, at most 1600 pixels a side. ``size``: width and height in pixels as it was
    taken. ``lines``: the digits from left to right, line by line; empty when no ink was found.
    """

    picture: np.ndarray
    size: tuple[int, int]
    lines: tuple[tuple[Found, ...], ...]

    @property
    def found(self) -> tuple[Found, ...]:
        """All digits in reading order."""
        return tuple(found for line in self.lines for found in line)


def read(file: Path | BinaryIO) -> Photo:
    """The digits on the picture in ``file``. Of a picture that moves, the first frame is read.

    Raises PictureError when the file is missing, no picture, broken, or has over 100 megapixels.
    """
    picture, size = _decoded(file)
    if max(size) <= TINY:
        return Photo(np.asarray(picture), size, _only_digit(picture))
    grey = _worked_on(picture)
    if min(grey.size) < NARROWEST:
        return Photo(np.asarray(picture), size, ())
    ink = find_ink(np.asarray(grey))
    segmentation = segment(ink.mask)
    scale = size[0] / grey.width, size[1] / grey.height
    lines = tuple(tuple(_found(mark, segmentation, ink, scale) for mark in line) for line in segmentation.lines)
    return Photo(np.asarray(picture), size, lines)


def _only_digit(picture: Image.Image) -> tuple[tuple[Found, ...], ...]:
    """All ink of a picture as small as MNIST's own as one digit, its soft edges kept."""
    strength = find_ink(np.asarray(picture.convert("L"))).strength
    ink = np.rint(255 * np.where(strength < FAINTEST, 0, strength)).astype(np.uint8)
    preparation = prepare(ink, edge=1)
    if preparation is None:
        return ()
    rows, columns = extent(ink, edge=1)
    return ((Found((columns.start, rows.start, columns.stop, rows.stop), preparation),),)


def _decoded(file: Path | BinaryIO) -> tuple[Image.Image, tuple[int, int]]:
    """The picture upright, in RGB and at most 1600 pixels a side, and the width and height it was taken with."""
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureError(
                    f"The picture has {picture.width} × {picture.height} pixels; 100 megapixels are the most."
                )
            size = picture.size
            picture.draft("RGB", (LARGEST, LARGEST))  # a large JPEG is decoded reduced
            upright = ImageOps.exif_transpose(_reduced(picture))
            turned = (upright.width > upright.height) != (size[0] > size[1])
            return _on_paper(upright), size[::-1] if turned else size
    except FileNotFoundError as error:
        raise PictureError(f"There is no picture {file}.") from error
    except UnidentifiedImageError as error:
        raise PictureError("This is not a picture that can be read. JPEG, PNG and WebP can.") from error
    except Image.DecompressionBombError as error:
        raise PictureError("The picture has over 100 megapixels; that is too many.") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureError(f"The picture is broken or cannot be read ({error}). Take or save it again.") from error


def _reduced(picture: Image.Image) -> Image.Image:
    """``picture`` with 8 bits a channel and at most 1600 pixels a side."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits and more
        picture = _of_8_bits(picture)
    if picture.mode in ("1", "P", "PA"):
        picture = picture.convert("RGBA")
    picture.thumbnail((LARGEST, LARGEST), reducing_gap=2.0)
    return picture


def _of_8_bits(picture: Image.Image) -> Image.Image:
    levels = np.nan_to_num(np.asarray(picture, dtype=np.float32))
    darkest, lightest = (0, 65535) if picture.mode.startswith("I;16") else (levels.min(), levels.max())
    scaled = (levels - darkest) * (255 / max(lightest - darkest, 1e-6))
    reduced = Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))
    reduced.info = picture.info
    return reduced


def _on_paper(picture: Image.Image) -> Image.Image:
    """``picture`` in RGB; what is transparent is white, or black behind light ink."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    opaque = np.asarray(picture)[..., 3] > 127
    light = opaque.any() and np.asarray(picture.convert("L"))[opaque].mean() > 127 and not opaque.all()
    paper = Image.new("RGBA", picture.size, "black" if light else "white")
    return Image.alpha_composite(paper, picture).convert("RGB")


def _worked_on(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L")
    longest = max(grey.size)
    if longest >= SMALLEST:
        return grey
    size = tuple(max(1, round(side * SMALLEST / longest)) for side in grey.size)
    return grey.resize(size, Image.Resampling.BICUBIC)


def _found(mark: Mark, segmentation: Segmentation, ink: Ink, scale: tuple[float, float]) -> Found:
    rows = slice(max(0, mark.top - MARGIN), mark.bottom + MARGIN)
    columns = slice(max(0, mark.left - MARGIN), mark.right + MARGIN)
    own = np.isin(segmentation.labels[rows, columns], mark.labels)
    top, left = mark.top - rows.start, mark.left - columns.start
    inside = np.zeros_like(own)
    inside[top : top + mark.height, left : left + mark.width] = True  # a half of what was split
    soft_edge = scipy.ndimage.binary_dilation(own & inside, iterations=MARGIN)
    strength = np.where(soft_edge, ink.strength[rows, columns], 0)
    preparation = prepare(_with_mnists_stroke(own & inside, strength), edge=1)
    box = (mark.left * scale[0], mark.top * scale[1], mark.right * scale[0], mark.bottom * scale[1])
    return Found(tuple(round(side) for side in box), preparation)


def _with_mnists_stroke(mask: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """A digit's ink, uint8 (h, w), 0 paper, 255 full ink; a pen that is thin beside MNIST's becomes as wide.

    ``mask``: bool (h, w), where the digit's ink is. ``strength``: float32 (h, w), 0 paper, 1 full ink.
    """
    ink = np.rint(255 * np.clip(strength / max(float(strength.max()), 1e-6), 0, 1)).astype(np.uint8)
    longest = max(mask.shape) - 2 * MARGIN
    width = stroke_width(mask)
    if width >= THINNEST * longest:
        return ink
    wider = (USUAL * longest - width) / 2
    edge = int(np.ceil(wider)) + 1
    outside = scipy.ndimage.distance_transform_edt(~np.pad(mask, edge))
    thick = np.clip(wider + 1 - outside, 0, 1)
    return np.maximum(np.pad(ink, edge), np.rint(255 * thick).astype(np.uint8))
