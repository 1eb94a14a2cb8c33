"""A canvas component that shows digits as coloured points, or as pictures when zoomed in, with area selection.

A chart would receive 10,000 pictures as text on every rerun and draw each point as an object; here the browser caches
all pictures as one sprite sheet.
"""

import base64
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from mnist_core.figures.colours import DIGIT_COLOURS

COLUMNS = 50  # digits in a row of the sprite sheet; Streamlit scales down images wider than 1,460 pixels
SHEET_CONTAINER_KEY = "digit_sheet"
MAX_POSITION = 65_535  # the browser receives positions as uint16
JS = Path(__file__).with_name("map_component.js").read_text(encoding="utf-8")

Area = tuple[float, float, float, float]  # left, bottom, right, top

HTML = """
<div class="map" data-drawn="">
  <div class="tools">
    <button data-do="select" aria-pressed="true" title="Drag to select an area">Select</button>
    <button data-do="drag" aria-pressed="false" title="Drag to move the map; so does dragging with Shift">Move</button>
    <button data-do="closer" title="Zoom in; so does the wheel, or two fingers">+</button>
    <button data-do="farther" title="Zoom out">−</button>
    <button data-do="whole">Whole map</button>
    <span class="legend"></span>
  </div>
  <div class="ground"><canvas class="points" role="img" aria-label="Map of digits"></canvas>
    <div class="tip" hidden><canvas width="112" height="112"></canvas><span></span></div>
  </div>
</div>
"""

CSS = """
.map {color: var(--st-text-color); font: 0.85rem var(--st-font);}
.tools {display: flex; flex-wrap: wrap; gap: 0.3rem; margin-bottom: 0.4rem;}
button {border: 1px solid var(--st-border-color); border-radius: 0.4rem; background: none; cursor: pointer;
  color: inherit; font: inherit; padding: 0.2rem 0.6rem; min-height: 2rem;}
button:hover {border-color: var(--st-primary-color);}
button[aria-pressed="true"] {border-color: var(--st-primary-color); background: var(--st-primary-color); color: white;}
button:focus-visible {outline: 0.15rem solid var(--st-primary-color);}
.legend {display: flex; flex-wrap: wrap; gap: 0.2rem;}
.legend button {border-bottom: 0.25rem solid var(--colour); padding: 0.2rem 0.5rem;}
.ground {position: relative;}
.points {width: 100%; aspect-ratio: 1; max-height: min(620px, 62vh); display: block; touch-action: none;
  cursor: crosshair; border: 1px solid var(--st-border-color); border-radius: 0.5rem; box-sizing: border-box;}
.points.over {cursor: pointer;}
.tip {position: absolute; pointer-events: none; width: 112px; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: 0.4rem; overflow: hidden; box-shadow: 0 2px 8px #0005;}
.tip[hidden] {display: none;}
.tip canvas {display: block; background: black;}
.tip span {display: block; padding: 0.2rem 0.4rem; font-size: 0.75rem;}
"""

_map = st.components.v2.component("digit_map", html=HTML, css=CSS, js=JS)


def show_sprite_sheet(png: bytes) -> None:
    """Put the result of ``sprite_sheet`` into the page, in a hidden container where maps look for it."""
    with st.container(key=SHEET_CONTAINER_KEY):
        st.html(f"<style>.st-key-{SHEET_CONTAINER_KEY} {{display: none;}}</style>")
        st.image(png)


def show_map(
    positions: np.ndarray,
    labels: np.ndarray,
    *,
    name: str,
    noun: str,
    key: str,
    chosen: int | None = None,
    area: Area | None = None,
    on_open: Callable[[int], None] = lambda index: None,
    on_select: Callable[[Area], None] = lambda area: None,
) -> None:
    """Show the digits of ``show_sprite_sheet`` at ``positions``, float32 (N, 2) in 0..1, coloured by ``labels``, (N,).

    ``name`` identifies the map; a new one resets zoom and area. A tooltip is ``noun``, then the digit's index. The
    digit at ``chosen`` and the ``area`` are outlined. ``on_open`` is called with the index of a clicked digit,
    ``on_select`` with the area that was dragged over.
    """
    data = {
        "positions": _base64((positions * MAX_POSITION).round().astype("<u2")),
        "labels": _base64(labels.astype(np.uint8)),
        "colours": DIGIT_COLOURS,
        "id": name,
        "of": noun,
        "chosen": chosen,
        "area": area,
        "sheet_in": SHEET_CONTAINER_KEY,
    }
    _map(
        data=data,
        key=key,
        on_opened_change=lambda: on_open(int(st.session_state[key].opened)),
        on_area_change=lambda: on_select(_area(st.session_state[key].area)),
    )


def _area(sides: Iterable[float]) -> Area:
    left, top, right, bottom = map(float, sides)
    return left, top, right, bottom


def unit_square(positions: np.ndarray) -> np.ndarray:
    """Shift and scale ``positions``, float (N, 2), into 0..1, keeping the aspect ratio; returns float32 (N, 2)."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    side = max(float((high - low).max()), np.finfo(np.float32).tiny)
    return ((positions - (low + high) / 2) / side + 0.5).clip(0, 1).astype(np.float32)


def indices_in_area(area: Area, positions: np.ndarray) -> np.ndarray:
    """Return the indices of the ``positions``, (N, 2), in ``area``: int64 (M,), sorted by distance from its centre."""
    left, bottom, right, top = area
    indices = np.flatnonzero(((positions >= (left, bottom)) & (positions <= (right, top))).all(axis=1))
    centre = ((left + right) / 2, (bottom + top) / 2)
    return indices[np.argsort(((positions[indices] - centre) ** 2).sum(axis=1), kind="stable")]


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def sprite_sheet(digits: np.ndarray) -> bytes:
    """Return ``digits``, uint8 (N, 28, 28), as one PNG with COLUMNS in a row: 1.7 MB for 10,000, made in 0.2 s."""
    rows = -(-len(digits) // COLUMNS)
    cells = np.zeros((rows * COLUMNS, *digits.shape[1:]), np.uint8)
    cells[: len(digits)] = digits
    height, width = digits.shape[1:]
    picture = cells.reshape(rows, COLUMNS, height, width).swapaxes(1, 2).reshape(rows * height, COLUMNS * width)
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG")
    return buffer.getvalue()
