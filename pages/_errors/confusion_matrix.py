"""A confusion matrix whose cells, rows and columns are buttons for mouse, touch and keyboard."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.figures.colours import TEST_COLOUR
from mnist_core.figures.matrix_tints import matrix_tints

CSS = """
:host {container-type: inline-size; display: block;}
table {border-collapse: separate; border-spacing: 2px; width: 100%; table-layout: fixed;
  color: var(--st-text-color); font: max(0.62rem, min(0.9rem, 2.6cqw)) var(--st-font);}
caption {caption-side: bottom; padding-top: 0.3rem; font-size: 0.8rem; text-align: left; opacity: 0.75;}
th, td {padding: 0; font-weight: 400;}
th.side {width: 1.4em;}
th.side span {writing-mode: vertical-rl; transform: rotate(180deg); opacity: 0.75;}
th.top {opacity: 0.75; padding-bottom: 0.2rem;}
button {width: 100%; aspect-ratio: 1.15; border: 2px solid transparent; border-radius: 0.3rem; padding: 0; margin: 0;
  cursor: pointer; background: none; color: inherit; font: inherit; font-variant-numeric: tabular-nums;}
button.name {font-weight: 700;}
button.right {background: color-mix(in srgb, var(--st-text-color) calc(var(--opacity) * 100%), transparent);}
button.wrong {background: color-mix(in srgb, var(--tint) calc(var(--opacity) * 100%), transparent);}
button.none {color: color-mix(in srgb, var(--st-text-color) 35%, transparent);}
button:hover {border-color: var(--st-text-color);}
button:focus-visible {outline: 2px solid var(--st-primary-color);}
button[aria-pressed="true"] {border-color: var(--st-primary-color); box-shadow: 0 0 0 1px var(--st-primary-color);}
"""

# Reruns reuse the buttons, so the focus stays on its button. The Tab key focuses one button and the arrow keys move
# the focus (roving tabindex).
JS = """
export default function ({parentElement, data, setTriggerValue}) {
  let table = parentElement.querySelector("table");
  if (!table) parentElement.appendChild((table = build()));
  table.style.setProperty("--tint", data.tint);
  table.querySelector("caption").textContent = data.told;
  table.querySelectorAll("button").forEach((button, place) => {
    const cell = data.cells[place];
    button.textContent = cell.text;
    button.title = cell.name;
    button.setAttribute("aria-label", cell.name);
    button.setAttribute("aria-pressed", cell.chosen);
    button.className = cell.kind;
    button.style.setProperty("--opacity", cell.opacity);
    button.onclick = () => {
      setTriggerValue("pressed", cell.place);
      // Where columns stack, what was asked for is out of sight.
      if (matchMedia("(max-width: 640px)").matches)
        document.querySelector(".st-key-" + data.shown_in)?.scrollIntoView({behavior: "smooth"});
    };
  });
}

function build() {
  const table = document.createElement("table");
  table.createCaption();
  const above = table.insertRow();
  above.innerHTML = '<th class="side"></th><th></th><th class="top" colspan="10">read as</th>';
  for (let line = 0; line < 11; line++) {
    const row = table.insertRow();
    if (line === 0) row.innerHTML = '<th class="side" rowspan="11"><span>true digit</span></th><th></th>';
    for (let column = line === 0 ? 1 : 0; column < 11; column++) {
      const button = document.createElement("button");
      button.tabIndex = line === 0 && column === 1 ? 0 : -1;
      button.dataset.at = `${line},${column}`;
      (row.insertCell()).append(button);
    }
  }
  table.addEventListener("keydown", (event) => {
    const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    const at = event.target.dataset?.at?.split(",").map(Number);
    const next = step && at && table.querySelector(`[data-at="${at[0] + step[0]},${at[1] + step[1]}"]`);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  return table;
}
"""

_matrix = st.components.v2.component("confusion_matrix", css=CSS, js=JS)

Cell = tuple[int | None, int | None]  # true label and predicted label; None means any


@dataclass(frozen=True, kw_only=True)
class MatrixStyle:
    """Options: show ``shares`` of each row instead of counts; show the ``right`` predictions (the diagonal)."""

    shares: bool = False
    right: bool = True


def show_clickable_matrix(
    counts: np.ndarray, *, chosen: Cell, style: MatrixStyle, key: str, shown_in: str, on_press: Callable[[Cell], None]
) -> None:
    """Show ``counts``, int (10, 10), true label by predicted label; ``on_press`` is called with the pressed cell.

    A row or column header is a cell with one None. ``chosen`` is highlighted. ``shown_in`` is the key of the container
    that shows the digits of the cell: on a phone, a press scrolls to it.
    """

    def pressed() -> None:
        true, predicted = st.session_state[key].pressed
        on_press((true, predicted))

    caption = (
        "Press a cell to see its digits, or a number at the edge for all of its row or column. "
        "Grey: read right. Orange: mistaken."
    )
    _matrix(
        data={"cells": _cells(counts, chosen, style), "tint": TEST_COLOUR, "told": caption, "shown_in": shown_in},
        key=key,
        on_pressed_change=pressed,
    )


def _cells(counts: np.ndarray, chosen: Cell, style: MatrixStyle) -> list[dict]:
    """Return the 120 buttons row by row: ten column headers, then for each true label its header and ten counts."""
    row_shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    tints = matrix_tints(row_shares if style.shares else counts)
    cells = [_header((None, digit), f"All that was read as {digit}", chosen) for digit in range(10)]
    for true in range(10):
        cells.append(_header((true, None), f"All {true}s", chosen))
        for predicted in range(10):
            count = int(counts[true, predicted])
            right = bool(tints.right[true, predicted])
            cells.append(
                {
                    "text": _text(count, row_shares[true, predicted], style, right=right),
                    "name": f"{true} read as {predicted}: {count:,} ({row_shares[true, predicted]:.2%} of the {true}s)",
                    "kind": "right" if right and style.right else "wrong" if count and not right else "none",
                    "opacity": float(tints.opacity[true, predicted]),
                    "place": [true, predicted],
                    "chosen": chosen == (true, predicted),
                }
            )
    return cells


def _header(cell: Cell, name: str, chosen: Cell) -> dict:
    (digit,) = [each for each in cell if each is not None]
    return {
        "text": str(digit),
        "name": name,
        "kind": "name",
        "opacity": 0,
        "place": list(cell),
        "chosen": chosen == cell,
    }


def _text(count: int, share: float, style: MatrixStyle, *, right: bool) -> str:
    if right and not style.right:
        return ""
    if not style.shares:
        return str(count) if count else "·"
    return f"{share:.1%}".removesuffix("%") if count else "·"
