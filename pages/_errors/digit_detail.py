"""Errors, details of one test digit: prediction, history over epochs, nearest training digits and explanation."""

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.label_errors import RATINGS
from mnist_core.digits.reference import Digit, images_of
from mnist_core.digits.similarity import most_similar
from mnist_core.errors import RunError
from mnist_core.evaluation.predictions import probabilities
from mnist_core.figures.colours import DIGIT_COLOURS
from mnist_core.figures.digits import digit_with_histogram
from mnist_core.runs.run import Run
from pages._errors.time_machine import shown_epoch
from pages._shared.engine_status import ask_engine
from pages._shared.messages import error_boundary
from pages._shared.model_picker import distinct_names, other_networks
from pages._shared.page_files import page_file
from pages._shared.services import engine
from pages._shared.url_state import preselect
from pages._shared.widgets.bars import Bar, bars_html
from pages._shared.widgets.digit_picker import choose_digit
from pages._shared.widgets.explanation import show_activity, show_epochs, show_ink
from pages._shared.widgets.figure import page_theme, show_figure
from pages._shared.widgets.prediction import confidence_text, probability_bars, verdict_text

NEIGHBOURS = 5
MAX_NETWORKS = 12
NEAREST_CONTAINER_KEY = "errors_nearest"
LEAVE_KEY = "errors_leave"  # session-state flag: a callback asks for a switch to the Dataset page


def show_detail(run: Run, index: int) -> None:
    """Show the test digit at ``index`` and its prediction by ``run``, or by the snapshot of the selected epoch."""
    test = mnist.load().test
    digit, label, epoch = test.images[index], int(test.labels[index]), shown_epoch(run)
    picture, answer, history = st.columns([1, 1.1, 1.1], gap="large")
    with picture:
        _show_picture(digit, label, index)
    with answer:
        _show_answer(probabilities(run, epoch)[index], label, epoch)
        _show_raters(index, label)
        _show_other_networks(run, index, label)
    with history:
        epochs = {each: probabilities(run, each)[index] for each in run.snapshots()}
        show_epochs(epochs)
        if epochs:
            st.markdown(history_text({each: predicted.argmax() == label for each, predicted in epochs.items()}))
        _show_nearest(index)
    if epoch:
        st.caption("What follows is about the network as it is now, after all its epochs.")
    _show_reasons(run, digit)


def _show_picture(digit: np.ndarray, label: int, index: int) -> None:
    title = f"Digit: {label}, index {index}"
    show_figure(digit_with_histogram, digit, title, page_theme(), colour=DIGIT_COLOURS[label], log=True)


def _show_answer(predicted: np.ndarray, label: int, epoch: int | None) -> None:
    """``predicted``: probabilities, float32 (10,). ``epoch``: that of the snapshot, None for the final network."""
    answer = int(predicted.argmax())
    verdict = "Right" if answer == label else f"Wrong: labelled {label}, read as {answer}"
    when = f"After epoch {epoch} it said" if epoch else "It says"
    st.markdown(f"**{verdict}.** {when}: “{verdict_text(predicted)}” {confidence_text(float(predicted[answer]))}.")
    st.html(probability_bars(predicted))


def history_text(right: dict[int, bool]) -> str:
    """Say when a digit was learned or forgotten; ``right``: was it predicted correctly, by epoch, oldest first."""
    epochs, results = list(right), list(right.values())
    changes = [position for position in range(1, len(results)) if results[position] != results[position - 1]]
    if not changes:
        return "Right after each epoch that was kept." if results[0] else "Wrong after each epoch that was kept."
    words = [f"{'learned' if results[position] else 'forgotten'} by epoch {epochs[position]}" for position in changes]
    return f"{'Right' if results[0] else 'Wrong'} after epoch {epochs[0]}, {', '.join(words)}."


def _show_other_networks(run: Run, index: int, label: int) -> None:
    others = other_networks(run)[:MAX_NETWORKS]
    if not others:
        return
    st.markdown("**What do other networks say?**")
    rows = []
    for name, other in zip(distinct_names(each.listed() for each in others).values(), others, strict=True):
        try:
            probs = probabilities(other)[index]
        except RunError:
            continue  # the sidebar and the model picker report a damaged run
        answer = int(probs.argmax())
        mark = "" if answer == label else " ✗"
        rows.append(Bar(name, float(probs[answer]), f"{answer}{mark} · {probs[answer]:.1%}", DIGIT_COLOURS[answer]))
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
    neighbours = most_similar("test", index, count=NEIGHBOURS, among=("train",))
    digits = [Digit(split, train_index) for split, train_index, _ in neighbours]
    st.markdown(
        f"**The {NEIGHBOURS} training digits most like it**, pixel by pixel. Press one to see it on the page Dataset."
    )

    def leave(position: int) -> None:
        preselect("dataset", view="find", digit=str(digits[position]), **{"class": "All"})
        st.session_state[LEAVE_KEY] = True

    with st.container(key=NEAREST_CONTAINER_KEY):
        choose_digit(
            images_of(digits),
            [f"{digit.label} · {distance:,.0f}" for digit, (*_, distance) in zip(digits, neighbours, strict=True)],
            [f"{digit.name}: labelled {digit.label}" for digit in digits],
            chosen=None,
            key="errors_nearest_digits",
            shown_in=NEAREST_CONTAINER_KEY,
            on_choose=leave,
            columns=NEIGHBOURS,
        )
    if st.session_state.pop(LEAVE_KEY, False):
        st.switch_page(page_file("dataset"))


@error_boundary
def _show_reasons(run: Run, digit: np.ndarray) -> None:
    """Show the pixel attribution and the activations, which the engine computes with the loaded network."""
    explanation = ask_engine(lambda: engine().explain(run, digit, epochs=False))
    if explanation is not None:
        show_ink(digit, explanation)
        show_activity(explanation.activity)
