"""The drawing canvas and its tools; session state keeps the drawing while another page is open."""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from mnist_core.digits.drawing import Drawing, strokes_of_canvas
from pages._shared.device import is_phone
from pages._shared.streamlit_internals import hide_canvas_toolbar

BRUSHES = {"Thin": 1 / 22, "Normal": 1 / 14, "Thick": 1 / 9}  # widths as shares of the canvas' side
CANVAS_SIDE, PHONE_CANVAS_SIDE = 420, 320  # CSS pixels; the canvas cannot adapt to the width of its container


@dataclass
class CanvasState:
    """The state of a canvas. Strokes are Fabric.js objects, the newest last.

    ``initial``: the strokes from which the browser last built the canvas. They must not change while someone draws,
    or the browser rebuilds it from them.
    """

    objects: list[dict[str, Any]] = field(default_factory=list)
    undone: list[dict[str, Any]] = field(default_factory=list)
    initial: list[dict[str, Any]] = field(default_factory=list)
    brush: str = "Normal"
    revision: int = 0  # part of the canvas' key: a new one makes the browser build the canvas from this state

    def clear(self) -> None:
        """Remove all strokes."""
        self.objects, self.undone = [], []
        self.revision += 1

    def undo(self) -> None:
        """Remove the newest stroke."""
        self.undone.append(self.objects.pop())
        self.revision += 1

    def redo(self) -> None:
        """Restore the stroke that was undone last."""
        self.objects.append(self.undone.pop())
        self.revision += 1

    def update(self, objects: list[dict[str, Any]]) -> None:
        """Store the strokes that the browser sent; a new stroke clears those that could be redone."""
        if len(objects) > len(self.objects):
            self.undone = []
        self.objects = objects

    def use_brush(self, brush: str, side: int) -> None:
        """Change the brush, also of the existing strokes: a drawing has one brush."""
        self.brush = brush
        for stroke in self.objects + self.undone:
            stroke["strokeWidth"] = brush_width(brush, side)
        self.revision += 1


def canvas_state(name: str = "sheet") -> CanvasState:
    """Return this session's canvas state of this name."""
    return st.session_state.setdefault(name, CanvasState())


def canvas_side() -> int:
    """Return the canvas' side in CSS pixels; it is smaller on a phone."""
    return PHONE_CANVAS_SIDE if is_phone() else CANVAS_SIDE


def brush_width(brush: str, side: int) -> int:
    """Return the width in pixels of ``brush``, a key of BRUSHES, on a canvas of this side."""
    return round(side * BRUSHES[brush])


def draw_on_canvas(name: str = "sheet") -> Drawing:
    """Show the canvas and return the drawing. ``name``: of its state, where a page has several.

    Raises DrawingError when the browser sends malformed strokes.
    """
    hide_canvas_toolbar()
    state, side = canvas_state(name), canvas_side()
    key = f"{name}-canvas-{state.revision}"
    if key not in st.session_state:  # after a change by the tools, or after a visit to another page
        state.initial = list(state.objects)
    result = st_canvas(
        stroke_width=brush_width(state.brush, side),
        stroke_color="#FFFFFF",
        background_color="#000000",
        width=side,
        height=side,
        initial_drawing={"objects": state.initial},
        key=key,
    )
    objects = (result.json_data or {}).get("objects", [])
    strokes = strokes_of_canvas(objects)  # validate first: malformed strokes must not replace the drawing
    state.update(objects)
    return Drawing(
        strokes=strokes,
        canvas=side,
        brush=brush_width(state.brush, side),
    )


def show_tools(name: str = "sheet") -> None:
    """Show the buttons Clear, Undo and Redo and the brushes of the canvas ``name``."""
    state, side = canvas_state(name), canvas_side()
    with st.container(horizontal=True, width=side):
        st.button(
            "Clear", icon=":material/delete:", on_click=state.clear, key=f"{name}-clear", disabled=not state.objects
        )
        st.button("Undo", icon=":material/undo:", on_click=state.undo, key=f"{name}-undo", disabled=not state.objects)
        st.button("Redo", icon=":material/redo:", on_click=state.redo, key=f"{name}-redo", disabled=not state.undone)
    st.segmented_control(
        "Brush",
        list(BRUSHES),
        default=state.brush,
        required=True,
        key=f"{name}-brush",
        on_change=lambda: state.use_brush(st.session_state[f"{name}-brush"], side),
    )
