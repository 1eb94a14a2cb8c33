"""A confusion matrix whose cells, rows and columns can be pressed, by mouse, finger or keyboard."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.figures.colours import TEST_COLOUR

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
button.right {background: color-mix(in srgb, var(--st-text-color) 13%, transparent);}
button.wrong {background: color-mix(in srgb, var(--tint) calc(var(--share) * 80%), transparent);}
button.none {color: color-mix(in srgb, var(--st-text-color) 35%, transparent);}
button:hover {border-color: var(--st-text-color);}
button:focus-visible {outline: 2px solid var(--st-primary-color);}
button[aria-pressed="true"] {border-color: var(--st-primary-color); box-shadow: 0 0 0 1px var(--st-primary-color);}
"""

# The buttons are kept from run to run, so that the one in focus stays there. The Tab key comes to one of them, the
# arrows move among them, as in any grid.
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
    button.style.setProperty("--share", cell.share);
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

Cell = tuple[int | None, int | None]  # the true digit and the answer; None is any


@dataclass(frozen=True, kw_only=True)
class MatrixStyle:
    """How the matrix is drawn: ``shares`` of each row instead of counts; ``right`` answers shown, or left out."""

    shares: bool = False
    right: bool = True


def press_cell(
    counts: np.ndarray, *, chosen: Cell, style: MatrixStyle, key: str, shown_in: str, on_press: Callable[[Cell], None]
) -> None:
    """Show ``counts``, int (10, 10), true digit by answer; ``on_press`` is called with what was pressed.

    The name of a row or a column stands for all of it. ``chosen`` is marked. ``shown_in`` is the key of the container
    that shows what was pressed: a phone scrolls there.
    """

    def pressed() -> None:
        true, predicted = st.session_state[key].pressed
        on_press((true, predicted))

    told = (
        "Press a cell to see its digits, or a number at the edge for all of its row or column. "
        "Grey: read right. Orange: mistaken."
    )
    _matrix(
        data={"cells": _cells(counts, chosen, style), "tint": TEST_COLOUR, "told": told, "shown_in": shown_in},
        key=key,
        on_pressed_change=pressed,
    )


def _cells(counts: np.ndarray, chosen: Cell, style: MatrixStyle) -> list[dict]:
    """The buttons of the table, row by row: the answers, then each true digit with its ten counts."""
    errors = np.where(np.eye(10, dtype=bool), 0, counts)
    of_row = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shown = np.where(np.eye(10, dtype=bool), 0, of_row) if style.shares else errors
    tints = np.sqrt(shown / max(shown.max(), 1e-9))  # the root lets single errors show beside the frequent ones
    cells = [_edge((None, digit), f"All that was read as {digit}", chosen) for digit in range(10)]
    for true in range(10):
        cells.append(_edge((true, None), f"All {true}s", chosen))
        for predicted in range(10):
            count = int(counts[true, predicted])
            right = true == predicted
            cells.append(
                {
                    "text": _text(count, of_row[true, predicted], style, right=right),
                    "name": f"{true} read as {predicted}: {count:,} ({of_row[true, predicted]:.2%} of the {true}s)",
                    "kind": "right" if right and style.right else "wrong" if count and not right else "none",
                    "share": float(tints[true, predicted]),
                    "place": [true, predicted],
                    "chosen": chosen == (true, predicted),
                }
            )
    return cells


def _edge(place: Cell, name: str, chosen: Cell) -> dict:
    (digit,) = [each for each in place if each is not None]
    return {
        "text": str(digit),
        "name": name,
        "kind": "name",
        "share": 0,
        "place": list(place),
        "chosen": chosen == place,
    }


def _text(count: int, share: float, style: MatrixStyle, *, right: bool) -> str:
    if right and not style.right:
        return ""
    if not style.shares:
        return str(count) if count else "·"
    return f"{share:.1%}".removesuffix("%") if count else "·"
