"""The drawing canvas and its tools; the drawing lives in the session and survives a visit to another page."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit_drawable_canvas

from mnist_core.digits.drawing import Drawing, strokes_of_canvas
from pages._shared.device import is_phone

BRUSHES = {"Thin": 1 / 22, "Normal": 1 / 14, "Thick": 1 / 9}  # shares of the canvas' side
WIDE, PHONE = 420, 320  # the canvas' side in CSS pixels; it cannot follow its place's width by itself

# The library's own tools hang unseen over the canvas' upper right corner until a mouse hovers there: a stroke that
# begins under them is lost, and a finger may press one. The page has all that it needs of them, so they are hidden, in
# the one way that the library leaves: its component, with one style more (it sets another display on the element).
(styles,) = Path(streamlit_drawable_canvas.__file__).parent.glob("frontend/build/index-*.css")
streamlit_drawable_canvas.out = st.components.v2.component(
    "streamlit-drawable-canvas.streamlit_drawable_canvas",
    js="index-*.js",
    css=f"{styles.read_text()}\n.dc-toolbar {{display: none !important;}}",
    html='<div class="canvas-root"></div>',
)


@dataclass
class CanvasState:
    """What is on the canvas. Strokes are as Fabric writes them, the newest last.

    ``initial`` is what the canvas started with when the browser last built it: it must not change while someone
    draws, or the browser starts anew from it.
    """

    objects: list[dict[str, Any]] = field(default_factory=list)
    undone: list[dict[str, Any]] = field(default_factory=list)
    initial: list[dict[str, Any]] = field(default_factory=list)
    brush: str = "Normal"
    revision: int = 0  # part of the canvas' key: a new one has the browser take the sheet as it is here

    def clear(self) -> None:
        """Take all strokes away."""
        self.objects, self.undone = [], []
        self.revision += 1

    def undo(self) -> None:
        """Take the newest stroke away."""
        self.undone.append(self.objects.pop())
        self.revision += 1

    def redo(self) -> None:
        """Bring back the stroke that was undone last."""
        self.objects.append(self.undone.pop())
        self.revision += 1

    def take(self, objects: list[dict[str, Any]]) -> None:
        """What the browser says is drawn; a new stroke ends the chance to redo."""
        if len(objects) > len(self.objects):
            self.undone = []
        self.objects = objects

    def use_brush(self, brush: str, side: int) -> None:
        """Draw with another brush, the strokes there are too: a drawing has one brush."""
        self.brush = brush
        for stroke in self.objects + self.undone:
            stroke["strokeWidth"] = brush_width(brush, side)
        self.revision += 1


def sheet(name: str = "sheet") -> CanvasState:
    """This session's sheet of this name."""
    return st.session_state.setdefault(name, CanvasState())


def canvas_side() -> int:
    """The canvas' side in CSS pixels, small enough for a phone where the browser says that it is one."""
    return PHONE if is_phone() else WIDE


def brush_width(brush: str, side: int) -> int:
    """The width of the brush called ``brush`` on a canvas of this side, in its pixels."""
    return round(side * BRUSHES[brush])


def draw_on_canvas(name: str = "sheet") -> Drawing:
    """Show the canvas; returns what is drawn. ``name``: of its sheet, where a page has several.

    Raises DrawingError when the browser sends no drawing.
    """
    paper, side = sheet(name), canvas_side()
    key = f"{name}-canvas-{paper.revision}"
    if key not in st.session_state:  # after a change by our tools, or back from another page
        paper.initial = list(paper.objects)
    result = streamlit_drawable_canvas.st_canvas(
        stroke_width=brush_width(paper.brush, side),
        stroke_color="#FFFFFF",
        background_color="#000000",
        width=side,
        height=side,
        initial_drawing={"objects": paper.initial},
        key=key,
    )
    objects = (result.json_data or {}).get("objects", [])
    strokes = strokes_of_canvas(objects)  # before the sheet takes them: what is no drawing costs none
    paper.take(objects)
    return Drawing(
        strokes=strokes,
        canvas=side,
        brush=brush_width(paper.brush, side),
    )


def show_tools(name: str = "sheet") -> None:
    """Show what clears, undoes and redoes on the canvas of this ``name``, and its brushes."""
    paper, side = sheet(name), canvas_side()
    with st.container(horizontal=True, width=side):
        st.button(
            "Clear", icon=":material/delete:", on_click=paper.clear, key=f"{name}-clear", disabled=not paper.objects
        )
        st.button("Undo", icon=":material/undo:", on_click=paper.undo, key=f"{name}-undo", disabled=not paper.objects)
        st.button("Redo", icon=":material/redo:", on_click=paper.redo, key=f"{name}-redo", disabled=not paper.undone)
    st.segmented_control(
        "Brush",
        list(BRUSHES),
        default=paper.brush,
        required=True,
        key=f"{name}-brush",
        on_change=lambda: paper.use_brush(st.session_state[f"{name}-brush"], side),
    )
