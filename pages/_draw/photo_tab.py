"""Draw, Photo: a photo of digits on paper, read as numbers."""

import io
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from mnist_core.errors import LabError
from mnist_core.figures.boxes import draw_boxes
from mnist_core.figures.colours import DIGIT_COLOURS
from pages._shared.engine_status import ask_engine
from pages._shared.fragments import fragment
from pages._shared.model_picker import chosen_run
from pages._shared.services import engine
from pages._shared.widgets.digit_grid import digits_html

if TYPE_CHECKING:
    from mnist_core.digits.photo import Photo

TYPES = ["jpg", "jpeg", "png", "webp", "avif", "gif", "bmp", "tif", "tiff"]
MAX_MEGABYTES = 50
STYLE = """
<style>
.number b {font-size: 4.5rem; line-height: 1.1; font-weight: 700; padding-right: 0.35em;}
.number {margin-bottom: 0.25rem;}
</style>
"""


@fragment
def show_photo_tab() -> None:
    """Show the upload of a photo, and the digits found on it with their predictions."""
    file = st.file_uploader(
        "A photo of digits on paper", type=TYPES, max_upload_size=MAX_MEGABYTES, help="On a phone, this is the camera."
    )
    if file is None:
        st.markdown(
            "Write a number on paper and take a picture of it. Best are a **dark pen**, **plain paper** and **digits "
            "that do not touch**. Several lines are read as several numbers."
        )
        return
    with st.spinner("Looking for digits"):
        photo = _photo(file.getvalue())
    if not photo.digits:
        st.image(photo.picture, width=min(480, photo.picture.shape[1]))
        st.warning(
            "No digits found on this photo. Come closer, use a darker pen, or take it in better light.",
            icon=":material/search_off:",
        )
        return
    _show_reading(photo)


@st.cache_data(max_entries=8, show_spinner=False)
def _photo(content: bytes) -> "Photo":
    # Imported with the first photo: importing SciPy's filters would delay a visitor's first page.
    from mnist_core.digits import photo

    return photo.read(io.BytesIO(content))


def _show_reading(photo: "Photo") -> None:
    """Show the photo with a box around each digit, and the predictions beside it."""
    left, right = st.columns([1, 1], gap="large")
    digits = np.stack([each.preparation.digit for each in photo.digits])
    scale = photo.picture.shape[1] / photo.size[0]
    boxes = [tuple(side * scale for side in each.box) for each in photo.digits]
    with right:
        probabilities = _classify(digits)
        if probabilities is not None:
            _show_numbers(photo, digits, probabilities)
    with left:
        answers = None if probabilities is None else probabilities.argmax(axis=1).tolist()
        st.image(draw_boxes(photo.picture, boxes, answers), width="stretch")


def _classify(digits: np.ndarray) -> np.ndarray | None:
    """Return the probabilities, float32 (N, 10); None after an error or while the engine starts, which is shown."""
    try:
        return ask_engine(lambda: engine().classify(chosen_run(), digits))
    except LabError as error:
        st.error(str(error), icon=":material/report:")
        return None


def _show_numbers(photo: "Photo", digits: np.ndarray, probabilities: np.ndarray) -> None:
    """Show each row of digits as a large number, and below it each digit as the network saw it."""
    parts, start = [STYLE], 0
    st.markdown("It reads")
    for row in photo.lines:
        row_slice = slice(start, start + len(row))
        parts.append(_number(digits[row_slice], probabilities[row_slice]))
        start += len(row)
    st.html("".join(parts))


def _number(digits: np.ndarray, probabilities: np.ndarray) -> str:
    answers = probabilities.argmax(axis=1)
    large = "".join(f'<b style="color: {DIGIT_COLOURS[answer]}">{answer}</b>' for answer in answers)
    sure = (f"{answer}: {row[answer]:.0%}" for answer, row in zip(answers, probabilities, strict=True))
    return f'<div class="number">{large}</div>{digits_html(digits, list(sure), side=64)}'
