"""Draw, Photo: a picture of digits on paper, read as numbers."""

import io
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from mnist_core.engine.protocol import EngineNotReady
from mnist_core.errors import LabError
from mnist_core.figures.boxes import boxed
from mnist_core.figures.colours import DIGIT_COLOURS
from pages._shared.engine_status import wait_for_engine
from pages._shared.fragments import fragment
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine
from pages._shared.widgets.digit_grid import digits_html

if TYPE_CHECKING:
    from mnist_core.digits.photo import Photo

TYPES = ["jpg", "jpeg", "png", "webp", "avif", "gif", "bmp", "tif", "tiff"]
LARGEST_FILE = 50  # megabytes
STYLE = """
<style>
.number b {font-size: 4.5rem; line-height: 1.1; font-weight: 700; padding-right: 0.35em;}
.number {margin-bottom: 0.25rem;}
</style>
"""


@fragment
def show_photo() -> None:
    """Take a photo, and show which digits are found on it and how they are read."""
    file = st.file_uploader(
        "A photo of digits on paper", type=TYPES, max_upload_size=LARGEST_FILE, help="On a phone, this is the camera."
    )
    if file is None:
        st.markdown(
            "Write a number on paper and take a picture of it. Best are a **dark pen**, **plain paper** and **digits "
            "that do not touch**. Several lines are read as several numbers."
        )
        return
    with st.spinner("Looking for digits"):
        photo = _photo(file.getvalue())
    if not photo.found:
        st.image(photo.picture, width=min(480, photo.picture.shape[1]))
        st.warning(
            "No digits found on this photo. Come closer, use a darker pen, or take it in better light.",
            icon=":material/search_off:",
        )
        return
    _show_reading(photo)


@st.cache_data(max_entries=8, show_spinner=False)
def _photo(content: bytes) -> "Photo":
    # Imported with the first photo: SciPy's filters would keep a newcomer's first page waiting.
    from mnist_core.digits import photo

    return photo.read(io.BytesIO(content))


def _show_reading(photo: "Photo") -> None:
    """The photo with its boxes, and beside it what they are read as."""
    left, right = st.columns([1, 1], gap="large")
    digits = np.stack([found.preparation.digit for found in photo.found])
    scale = photo.picture.shape[1] / photo.size[0]
    boxes = [tuple(side * scale for side in found.box) for found in photo.found]
    with right:
        probabilities = _asked(digits)
        if probabilities is not None:
            _show_numbers(photo, digits, probabilities)
    with left:
        answers = None if probabilities is None else probabilities.argmax(axis=1).tolist()
        st.image(boxed(photo.picture, boxes, answers), width="stretch")


def _asked(digits: np.ndarray) -> np.ndarray | None:
    """The probabilities, float32 (N, 10); None where there are none, which is told."""
    try:
        return engine().classify(chosen_run(), digits)
    except EngineNotReady:
        wait_for_engine()
    except LabError as error:
        st.error(str(error), icon=":material/report:")
    return None


def _show_numbers(photo: "Photo", digits: np.ndarray, probabilities: np.ndarray) -> None:
    """Each line as a number, large, and below it what the network saw of each digit."""
    parts, start = [STYLE], 0
    st.markdown("It reads")
    for line in photo.lines:
        of_line = slice(start, start + len(line))
        parts.append(_number(digits[of_line], probabilities[of_line]))
        start += len(line)
    st.html("".join(parts))


def _number(digits: np.ndarray, probabilities: np.ndarray) -> str:
    answers = probabilities.argmax(axis=1)
    large = "".join(f'<b style="color: {DIGIT_COLOURS[answer]}">{answer}</b>' for answer in answers)
    sure = (f"{answer}: {row[answer]:.0%}" for answer, row in zip(answers, probabilities, strict=True))
    return f'<div class="number">{large}</div>{digits_html(digits, list(sure), side=64)}'
