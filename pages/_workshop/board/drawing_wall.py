"""The board's wall: the room's latest drawings with their predictions and labels; a press opens a drawing."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._shared.services import stored_drawings
from pages._shared.widgets.digit_grid import data_url

if TYPE_CHECKING:
    from mnist_core.room.drawings import DrawingSummary

WALL_KEY = "board-wall"
MAX_SHOWN = 24  # fills rows of 3, 6 or 8
MAX_CACHED_PICTURES = 500  # half a kilobyte each
CSS = """
:host {container-type: inline-size; display: block;}
.wall {display: grid; gap: 0.6rem; grid-template-columns: repeat(3, 1fr);}
@container (min-width: 36rem) {.wall {grid-template-columns: repeat(6, 1fr);}}
@container (min-width: 60rem) {.wall {grid-template-columns: repeat(8, 1fr);}}
button {min-width: 0; padding: 0; border: 0.2rem solid transparent; border-radius: 0.5rem; overflow: hidden;
  background: black; color: white; font-family: var(--st-font); cursor: pointer; text-align: left; display: block;}
button.wrong {border-color: #EE7733;}
button:hover {border-color: white;}
button:focus-visible {outline: 0.2rem solid var(--st-primary-color);}
img {width: 100%; aspect-ratio: 1.05; object-fit: contain; display: block; image-rendering: pixelated;}
.read {display: flex; align-items: baseline; gap: 0.35em; padding: 0 0.5rem; white-space: nowrap;
  font-size: clamp(0.8rem, 1.9cqi, 2rem);}
.read b {font-size: 2em; line-height: 1.15;}
.wrong .read {color: #EE7733;}
.by {padding: 0 0.5rem 0.3rem; font-size: clamp(0.75rem, 1.25cqi, 1.4rem); overflow: hidden; height: 1.4em;
  white-space: nowrap; text-overflow: ellipsis;}
"""

# The button of a drawing is reused when the drawing moves, so its picture does not flicker and it keeps the focus.
JS = """
export default function ({parentElement, data, setTriggerValue}) {
  let wall = parentElement.querySelector(".wall");
  if (!wall) {
    wall = document.createElement("div");
    wall.className = "wall";
    parentElement.appendChild(wall);
  }
  const gone = new Map([...wall.children].map((button) => [button.dataset.id, button]));
  data.cells.forEach((cell, number) => {
    let button = gone.get(cell.id);
    gone.delete(cell.id);
    if (!button) {
      button = document.createElement("button");
      button.dataset.id = cell.id;
      const [image, read, by] = ["img", "div", "div"].map((name) => document.createElement(name));
      image.src = cell.image;
      read.className = "read";
      read.append(document.createElement("b"), document.createElement("span"));
      by.className = "by";
      button.append(image, read, by);
    }
    const [image, read, by] = button.children;
    image.alt = button.title = cell.name;
    read.children[0].textContent = cell.said;
    read.children[1].textContent = cell.truth;
    by.textContent = cell.by;
    button.className = cell.wrong ? "wrong" : "";
    button.onclick = () => setTriggerValue("opened", cell.id);
    if (wall.children[number] !== button) wall.insertBefore(button, wall.children[number] ?? null);
  });
  gone.forEach((button) => button.remove());
}
"""

_wall = st.components.v2.component("board_wall", css=CSS, js=JS)
_cached_pictures: dict[str, str] = {}  # by drawing id, for all sessions; a drawing's pixels never change


def show_wall(on_open: Callable[[str], None]) -> None:
    """Show the newest drawings; ``on_open`` is called with the id of a pressed one."""
    summaries = stored_drawings().summaries(MAX_SHOWN)
    if not summaries:
        st.info(
            "Nobody has drawn yet. On the page Draw, draw a digit and say whether it was read right: it appears here.",
            icon=":material/draw:",
        )
        return

    def pressed() -> None:
        on_open(st.session_state[WALL_KEY].opened)

    pictures = pictures_of([summary.id for summary in summaries])
    cells = [_cell(summary, pictures[summary.id]) for summary in summaries if summary.id in pictures]
    _wall(data={"cells": cells}, key=WALL_KEY, on_opened_change=pressed)


def pictures_of(ids: Sequence[str]) -> dict[str, str]:
    """Return the data URLs of those drawings among ``ids`` that exist, by id, from the cache or the database."""
    new = [id_ for id_ in ids if id_ not in _cached_pictures]
    if new:
        _cached_pictures.update((id_, data_url(digit)) for id_, digit in stored_drawings().digits(new).items())
        for id_ in list(_cached_pictures)[:-MAX_CACHED_PICTURES]:
            _cached_pictures.pop(id_, None)
    return {id_: _cached_pictures[id_] for id_ in ids if id_ in _cached_pictures}


def _cell(summary: "DrawingSummary", picture: str) -> dict[str, Any]:
    """Return a drawing as the data that JS takes."""
    return {
        "id": summary.id,
        "image": picture,
        "name": summary_text(summary),
        "said": "?" if summary.answer is None else str(summary.answer),
        "truth": truth(summary) if summary.misread else "" if summary.answer is None else "✓",
        "by": summary.nickname or "",
        "wrong": summary.misread,
    }


def truth(summary: "DrawingSummary") -> str:
    """Return the label that its author gave the drawing, as text."""
    if summary.no_digit:
        return "no digit"
    return "unknown" if summary.label is None else f"it is {summary.label}"


def summary_text(summary: "DrawingSummary") -> str:
    """Return prediction, label and author as text, for screen readers and tooltips."""
    prediction = "not read yet" if summary.answer is None else f"read as {summary.answer}"
    return f"{prediction}, {truth(summary)}{f', by {summary.nickname}' if summary.nickname else ''}"
