"""All misclassified digits of the test set, filtered, sorted and in pages."""

import numpy as np
import streamlit as st

from mnist_core.digits.mnist import Split
from mnist_core.runs.evaluation import misclassified
from pages._parts.digit_grid import show_digits

PAGE_SIZE = 12  # full rows of 3, 4 or 6
DIGITS = (None, *range(10))
SUREST, LEAST_SURE = "Surest first", "Least sure first"

# In the session: the filters; they stay while a person visits other pages.
TRUE, PREDICTED, ORDER = "errors_true", "errors_predicted", "errors_order"


def choose_mix_up(true: int | None, predicted: int | None) -> None:
    """Set the filters, for use as a callback; None means any digit."""
    st.session_state[TRUE] = true
    st.session_state[PREDICTED] = predicted


@st.fragment
def show_browser(probabilities: np.ndarray, test: Split) -> None:
    """The misclassified digits of ``test`` with their filters. ``probabilities``: float32 (10000, 10)."""
    st.subheader("Misclassified digits")
    st.markdown(
        "“Sure” is the softmax probability that the network gave its answer, which is no guarantee: "
        "all of these answers are wrong."
    )
    true, predicted, order = _filters()
    indices = misclassified(probabilities, test.labels, true=true, predicted=predicted)
    if not len(indices):
        _nothing_found(true, predicted)
        return
    if order == LEAST_SURE:
        indices = indices[::-1]
    pages = -(-len(indices) // PAGE_SIZE)
    # A key of its own for each list: another filter starts at its first page.
    page = st.session_state.get(key := f"errors_page_{true}_{predicted}_{order}_{len(indices)}", 1)
    start = (page - 1) * PAGE_SIZE
    shown = indices[start : start + PAGE_SIZE]
    st.caption(f"{start + 1} to {start + len(shown)} of {_errors(len(indices))}")
    show_digits(test.images[shown], [caption(i, probabilities[i], test.labels[i]) for i in shown], side=100)
    if pages > 1:
        st.pagination(pages, key=key)


def _filters() -> tuple[int | None, int | None, str]:
    true, predicted = st.columns(2)
    order = st.segmented_control(
        "Order",
        (SUREST, LEAST_SURE),
        default=SUREST,
        required=True,
        key=ORDER,
        persist_state="session",
    )
    return _digit("True digit", TRUE, true), _digit("Predicted digit", PREDICTED, predicted), order


def _digit(label: str, key: str, place: st.delta_generator.DeltaGenerator) -> int | None:
    return place.selectbox(
        label,
        DIGITS,
        key=key,
        format_func=lambda digit: "Any" if digit is None else str(digit),
        persist_state="session",
    )


def _nothing_found(true: int | None, predicted: int | None) -> None:
    if true is None and predicted is None:
        st.info("There is nothing to show: the network read every test digit right.")
        return
    if true == predicted:
        message = f"A {true} that is read as a {true} is right. Choose two different digits."
    elif predicted is None:
        message = f"The network read every {true} right. Choose another true digit."
    elif true is None:
        message = f"The network never mistook a digit for a {predicted}. Choose another predicted digit."
    else:
        message = f"The network never mistook a {true} for a {predicted}. Choose other digits."
    st.info(message)
    st.button("Show all errors", on_click=choose_mix_up, args=(None, None))


def _errors(count: int) -> str:
    return f"{count:,} errors" if count > 1 else "1 error"


def caption(index: int, probabilities: np.ndarray, label: int) -> str:
    """What the network made of one test digit, in words. ``probabilities``: float32 (10,)."""
    answer = int(probabilities.argmax())
    return f"A {label}, read as {answer}\n{sureness(float(probabilities[answer]))}\nTest index {index}"


def sureness(probability: float) -> str:
    """``probability``, 0 to 1, as a person would say it; what would round to 100% is only close to it."""
    return f"{probability:.1%} sure" if probability < 0.9995 else "Over 99.9% sure"
