"""Errors: one test digit, what the network said of it, and why."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.label_errors import RATINGS
from mnist_core.digits.reference import Digit, images_of
from mnist_core.digits.similarity import most_similar
from mnist_core.engine.protocol import EngineNotReady
from mnist_core.evaluation.predictions import probabilities
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.digits import digit_with_histogram
from mnist_core.runs.run import Run, RunError
from pages._errors.time_machine import epoch_on_view
from pages._shared.engine_status import wait_for_engine
from pages._shared.messages import error_boundary
from pages._shared.model_picker import distinct_names, other_networks
from pages._shared.navigation import page_file
from pages._shared.services import engine
from pages._shared.url_state import preselect
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_picker import choose_digit
from pages._shared.widgets.explanation import show_activity, show_epochs, show_ink
from pages._shared.widgets.figure import page_theme, show_figure
from pages._shared.widgets.prediction import bars, sureness, verdict_text

NEAREST = 5
MOST_NETWORKS = 12
PLACE = "errors_nearest"  # the key of the container with the nearest digits
LEAVE = "errors_leave"  # in the session: a digit was pressed that the Dataset page shows


def show_detail(run: Run, index: int) -> None:
    """The test digit at ``index`` and what the network of ``run`` makes of it, or made of it at the epoch on view."""
    test = mnist.load().test
    digit, label, epoch = test.images[index], int(test.labels[index]), epoch_on_view(run)
    picture, answer, then = st.columns([1, 1.1, 1.1], gap="large")
    with picture:
        _show_picture(digit, label, index)
    with answer:
        _show_answer(probabilities(run, epoch)[index], label, epoch)
        _show_raters(index, label)
        _show_other_networks(run, index, label)
    with then:
        epochs = {epoch: probabilities(run, epoch)[index] for epoch in run.snapshots}
        show_epochs(epochs)
        if epochs:
            st.markdown(history_text({epoch: said.argmax() == label for epoch, said in epochs.items()}))
        _show_nearest(index)
    if epoch:
        st.caption("What follows is about the network as it is now, after all its epochs.")
    _show_reasons(run, digit)


def _show_picture(digit: np.ndarray, label: int, index: int) -> None:
    title = f"Digit: {label}, index {index}"
    show_figure(digit_with_histogram, digit, title, page_theme(), colour=DIGIT_COLOURS[label], log=True)


def _show_answer(said: np.ndarray, label: int, epoch: int | None) -> None:
    """``said``: the ten probabilities, float32 (10,); ``epoch``: after which it said so, None for the last."""
    answer = int(said.argmax())
    verdict = "Right" if answer == label else f"Wrong: labelled {label}, read as {answer}"
    when = f"After epoch {epoch} it said" if epoch else "It says"
    st.markdown(f"**{verdict}.** {when}: “{verdict_text(said)}” {sureness(float(said[answer]))}.")
    st.html(bars(said))


def history_text(right: dict[int, bool]) -> str:
    """When a digit was learned or forgotten: whether it was read right, by the epochs kept, oldest first."""
    epochs, marks = list(right), list(right.values())
    turns = [place for place in range(1, len(marks)) if marks[place] != marks[place - 1]]
    if not turns:
        return "Right after each epoch that was kept." if marks[0] else "Wrong after each epoch that was kept."
    words = [f"{'learned' if marks[place] else 'forgotten'} by epoch {epochs[place]}" for place in turns]
    return f"{'Right' if marks[0] else 'Wrong'} after epoch {epochs[0]}, {', '.join(words)}."


def _show_other_networks(run: Run, index: int, label: int) -> None:
    others = other_networks(run)[:MOST_NETWORKS]
    if not others:
        return
    st.markdown("**What do other networks say?**")
    rows = []
    for name, other in zip(distinct_names(others).values(), others, strict=True):
        try:
            said = probabilities(other)[index]
        except RunError:
            continue  # a damaged run is told in the sidebar and where it is chosen
        answer = int(said.argmax())
        mark = "" if answer == label else " ✗"
        rows.append(Bar(name, float(said[answer]), f"{answer}{mark} · {said[answer]:.1%}", DIGIT_COLOURS[answer]))
    st.html(bars_html(rows, label="The answer of each other network"))


def _show_raters(index: int, label: int) -> None:
    if index not in RATINGS:
        return
    rating = RATINGS[index]
    st.info(
        f"This label is disputed. Of five people {rating.confirmed} said {label}, {rating.read_suggested} said "
        f"{rating.suggested}, {rating.neither} neither (Northcutt et al., 2021).",
        icon=":material/gavel:",
    )


def _show_nearest(index: int) -> None:
    found = most_similar("test", index, count=NEAREST, among=("train",))
    digits = [Digit(split, place) for split, place, _ in found]
    st.markdown(
        f"**The {NEAREST} training digits most like it**, pixel by pixel. Press one to see it on the page Dataset."
    )

    def leave(place: int) -> None:
        preselect("dataset", view="find", digit=str(digits[place]), **{"class": "All"})
        st.session_state[LEAVE] = True

    with st.container(key=PLACE):
        choose_digit(
            images_of(digits),
            [f"{digit.label} · {far:,.0f}" for digit, (*_, far) in zip(digits, found, strict=True)],
            [f"{digit.name}: labelled {digit.label}" for digit in digits],
            chosen=None,
            key="errors_nearest_digits",
            shown_in=PLACE,
            on_choose=leave,
            columns=NEAREST,
        )
    if st.session_state.pop(LEAVE, False):
        st.switch_page(page_file("dataset"))


@error_boundary
def _show_reasons(run: Run, digit: np.ndarray) -> None:
    """Which ink decides and which units fire, which only the network itself can tell."""
    try:
        explanation = engine().explain(run, digit, epochs=False)
    except EngineNotReady:
        wait_for_engine()
        return
    show_ink(digit, explanation)
    show_activity(explanation.activity)
