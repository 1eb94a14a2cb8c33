"""The drawing canvas and its tools; session state keeps the drawing while another page is open."""

from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit_drawable_canvas import st_canvas

from mnist_core.digits.drawing import Drawing, strokes_of_canvas
from pages._shared.streamlit_internals import adapt_canvas

BRUSHES = {"Thin": 1 / 22, "Normal": 1 / 14, "Thick": 1 / 9}  # widths as shares of the canvas' side
SIDE = 420  # pixels of the canvas, the same for all, so that strokes mean the same; the browser scales it to its place
MIN_CELL_WIDTH = 250  # CSS pixels


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

    def use_brush(self, brush: str) -> None:
        """Change the brush, also of the existing strokes: a drawing has one brush."""
        self.brush = brush
        for stroke in self.objects + self.undone:
            stroke["strokeWidth"] = brush_width(brush)
        self.revision += 1


def canvas_state(name: str = "sheet") -> CanvasState:
    """Return this session's canvas state of this name."""
    return st.session_state.setdefault(name, CanvasState())


def brush_width(brush: str) -> int:
    """Return the width of ``brush``, a key of BRUSHES, in pixels of the canvas."""
    return round(SIDE * BRUSHES[brush])


def canvas_cells() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return two cells of a grid: for the canvas, and for what is beside it, or below it in a narrow window."""
    grid = st.grid(2, min_column_width=MIN_CELL_WIDTH, gap="medium")
    return grid.cell(), grid.cell()


def draw_on_canvas(name: str = "sheet") -> Drawing:
    """Show the canvas and return the drawing. ``name``: of its state, where a page has several.

    Raises DrawingError when the browser sends malformed strokes.
    """
    adapt_canvas()
    state = canvas_state(name)
    key = f"{name}-canvas-{state.revision}"
    if key not in st.session_state:  # after a change by the tools, or after a visit to another page
        state.initial = list(state.objects)
    result = st_canvas(
        stroke_width=brush_width(state.brush),
        stroke_color="#FFFFFF",
        background_color="#000000",
        width=SIDE,
        height=SIDE,
        initial_drawing={"objects": state.initial},
        key=key,
    )
    objects = (result.json_data or {}).get("objects", [])
    strokes = strokes_of_canvas(objects)  # validate first: malformed strokes must not replace the drawing
    state.update(objects)
    return Drawing(
        strokes=strokes,
        canvas=SIDE,
        brush=brush_width(state.brush),
    )


def show_tools(name: str = "sheet") -> None:
    """Show the buttons Clear, Undo and Redo and the brushes of the canvas ``name``."""
    state = canvas_state(name)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
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
            on_change=lambda: state.use_brush(st.session_state[f"{name}-brush"]),
            label_visibility="collapsed",
        )
