"""A grid of digits to choose one from, by mouse, touch or keyboard; on a phone it has at most 6 columns."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from pages._shared.widgets.digit_grid import data_url

CSS = """
:host {container-type: inline-size; display: block;}
.digits {display: grid; gap: 0.3rem; grid-template-columns: repeat(min(6, var(--columns)), 1fr);}
@container (min-width: 30rem) {.digits {grid-template-columns: repeat(var(--columns), 1fr);}}
button {border: 0.15rem solid transparent; border-radius: 0.4rem; padding: 0.1rem; background: none; cursor: pointer;
  color: var(--st-text-color); font: 0.75rem var(--st-font); min-width: 0;}
button:hover {border-color: var(--st-border-color);}
button:focus-visible {outline: 0.15rem solid var(--st-primary-color);}
button[aria-pressed="true"] {border-color: var(--st-primary-color); background: var(--st-primary-color); color: white;}
img {width: 100%; display: block; image-rendering: pixelated; border-radius: 0.25rem;}
"""

# The buttons are reused from run to run, so that the focused one keeps the focus.
JS = """
export default function ({parentElement, data, setTriggerValue}) {
  let grid = parentElement.querySelector(".digits");
  if (!grid) {
    grid = document.createElement("div");
    grid.className = "digits";
    parentElement.appendChild(grid);
  }
  grid.style.setProperty("--columns", data.columns);
  while (grid.children.length > data.cells.length) grid.lastChild.remove();
  data.cells.forEach((cell, number) => {
    let button = grid.children[number];
    if (!button) {
      button = document.createElement("button");
      button.append(document.createElement("img"), document.createElement("span"));
      grid.appendChild(button);
    }
    const [image, caption] = button.children;
    if (image.src !== cell.image) image.src = cell.image;
    image.alt = cell.name;
    button.title = cell.name;
    caption.textContent = cell.caption;
    button.setAttribute("aria-pressed", number === data.chosen);
    button.onclick = () => {
      setTriggerValue("chosen", number);
      // Where columns stack, what was chosen is out of sight.
      if (matchMedia("(max-width: 640px)").matches)
        document.querySelector(".st-key-" + data.shown_in)?.scrollIntoView({behavior: "smooth"});
    };
  });
}
"""

_grid = st.components.v2.component("digit_choice", css=CSS, js=JS)


def choose_digit(
    digits: np.ndarray,
    captions: Sequence[str],
    names: Sequence[str],
    *,
    chosen: int | None,
    key: str,
    shown_in: str,
    on_choose: Callable[[int], None],
    columns: int = 10,
) -> None:
    """Show ``digits``, uint8 (N, 28, 28), as buttons; ``on_choose`` is called with the index of the pressed one.

    ``captions`` are below the digits, ``names`` in tooltips and for screen readers. ``chosen``: the marked index.
    ``shown_in``: the key of the container that shows the chosen digit, to which a phone scrolls.
    """
    cells = [
        {"image": data_url(digit), "caption": caption, "name": name}
        for digit, caption, name in zip(digits, captions, names, strict=True)
    ]

    def call_on_choose() -> None:
        on_choose(st.session_state[key].chosen)

    _grid(
        data={"cells": cells, "chosen": chosen, "shown_in": shown_in, "columns": columns},
        key=key,
        on_chosen_change=call_on_choose,
    )
