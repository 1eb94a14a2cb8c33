"""From a picture of a digit to ink: dark on light or light on dark, of any size."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_core.errors import LabError

LARGEST = 1024  # pixels a side to work on; a digit needs 28 in the end
MOST_PIXELS = 100_000_000
LEAST_CONTRAST = 16  # levels of 255 between paper and ink; less is noise
FAINTEST_INK = 0.2  # of the contrast; what is fainter is paper, JPEG noise or a shadow


class PictureError(LabError):
    """A file that is no usable picture."""


def read(path: Path) -> np.ndarray:
    """The ink in the picture at ``path``: uint8 (H, W), 0 paper, 255 full ink, at most 1024 pixels a side.

    Raises PictureError when the file is missing, no picture, broken, or has over 100 megapixels.
    """
    return ink(_grey(path))


def _grey(path: Path) -> np.ndarray:
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureError(
                    f"{path} has {picture.width} × {picture.height} pixels; 100 megapixels are the most."
                )
            picture.draft("L", (LARGEST, LARGEST))  # a large JPEG is decoded reduced
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            paper = Image.new("RGBA", upright.size, "white")
            grey = Image.alpha_composite(paper, upright).convert("L")
            grey.thumbnail((LARGEST, LARGEST))
            return np.asarray(grey)
    except FileNotFoundError as error:
        raise PictureError(f"There is no picture {path}.") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{path} is not a picture that can be read; PNG and JPEG are.") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"The picture {path} is broken or cannot be read: {error}.") from error


def ink(grey: np.ndarray) -> np.ndarray:
    """The ink in ``grey``, uint8 (H, W), 0 black, 255 white: uint8 (H, W), 0 paper, 255 full ink.

    Paper is the side of Otsu's threshold that most of the picture's edge is on, so both polarities work. A
    picture without contrast has no ink.
    """
    dark = grey <= otsu_threshold(grey)
    edge = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
    paper_is_dark = edge.mean() > 0.5
    of_ink = dark != paper_is_dark
    if not of_ink.any() or of_ink.all():
        return np.zeros_like(grey)
    paper = float(np.median(grey[~of_ink]))
    fullest = float(np.percentile(grey[of_ink], 99 if paper_is_dark else 1))
    if abs(fullest - paper) < LEAST_CONTRAST:
        return np.zeros_like(grey)
    strength = np.clip((grey - paper) / (fullest - paper), 0, 1)
    strength[strength < FAINTEST_INK] = 0
    return np.rint(strength * 255).astype(np.uint8)


def otsu_threshold(grey: np.ndarray) -> int:
    """The level that best parts ``grey``, uint8 of any shape, into two classes (Otsu, 1979); <= it is the dark one."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    weight = counts.cumsum()
    sums = (counts * np.arange(256)).cumsum()
    other = weight[-1] - weight
    with np.errstate(divide="ignore", invalid="ignore"):
        between = weight * other * (sums / weight - (sums[-1] - sums) / other) ** 2
    return int(np.nan_to_num(between).argmax())
