"""The selections of the Errors page (view, filters, order, page, epoch, open digit), kept as query parameters."""

import re
from collections.abc import Callable

from mnist_core.digits import mnist
from mnist_core.evaluation.gallery import Filter
from pages._errors.confusion_matrix import Cell
from pages._shared.url_state import UrlState

ANY = "any"
VIEWS = {
    "mistakes": "What it gets wrong",
    "numbers": "By the numbers",
    "compare": "Compare two networks",
    "court": "Label court",
    "robustness": "Robustness",
}
DIGITS = {ANY: "Any"} | {str(digit): str(digit) for digit in range(10)}
OUTCOMES = {"wrong": "Wrong", "right": "Right", ANY: "Both"}
GROUPS = {
    ANY: "All test digits",
    "disputed": "Disputed labels",
    "learned": "Learned",
    "forgotten": "Forgotten",
    "never": "Never learned",
    "always": "Always right",
}
ORDERS = {
    "surely-wrong": "Most sure and wrong",
    "unsure": "Least sure",
    "loss": "Highest loss",
    "margin": "Largest margin",
    "index": "As in the test set",
}
COMPARISON_GROUPS = {"first": "Only A right", "second": "Only B right", "neither": "Both wrong"}


def _is_number(text: str, *, below: int) -> bool:
    return re.fullmatch("[0-9]{1,9}", text) is not None and int(text) < below


def _is_range(text: str) -> bool:
    low, _, high = text.partition("-")
    return _is_number(low, below=101) and _is_number(high, below=101) and int(low) <= int(high)


def _url_state(name: str, default: str, valid: Callable[[str], bool], **more: Callable) -> UrlState:
    return UrlState("errors", name, default, valid, **more)


VIEW = _url_state("view", "mistakes", VIEWS.__contains__)
TRUE_LABEL = _url_state("true", ANY, DIGITS.__contains__)
PREDICTED_LABEL = _url_state("predicted", ANY, DIGITS.__contains__)
OUTCOME = _url_state("outcome", "wrong", OUTCOMES.__contains__)
CONFIDENCE = _url_state("sure", "0-100", _is_range, text=lambda bounds: f"{bounds[0]}-{bounds[1]}")  # percent
GROUP = _url_state("among", ANY, GROUPS.__contains__)
ORDER = _url_state("order", "surely-wrong", ORDERS.__contains__)
PAGE = _url_state("page", "1", lambda text: _is_number(text, below=mnist.SIZES["test"]) and int(text) > 0)
EPOCH = _url_state("epoch", "", lambda text: not text or _is_number(text, below=10**6))  # "" is the final network
OPEN_DIGIT = _url_state("digit", "", lambda text: not text or _is_number(text, below=mnist.SIZES["test"]))  # test index
COMPARISON_GROUP = _url_state("who", "first", COMPARISON_GROUPS.__contains__)
FILTERS = (TRUE_LABEL, PREDICTED_LABEL, OUTCOME, CONFIDENCE, GROUP)
ALL_STATES = (VIEW, *FILTERS, ORDER, PAGE, EPOCH, OPEN_DIGIT, COMPARISON_GROUP)


def chosen_filter() -> Filter:
    """Return the filter without the group, which ``group_mask`` of time_machine.py applies."""
    lowest, highest = confidence_range()
    return Filter(
        true=_digit(TRUE_LABEL),
        predicted=_digit(PREDICTED_LABEL),
        right={"right": True, "wrong": False}.get(OUTCOME.value),
        min_confidence=lowest / 100,
        max_confidence=highest / 100,
    )


def confidence_range() -> tuple[int, int]:
    """Return the least and the greatest confidence of the filter, in percent."""
    low, high = map(int, CONFIDENCE.value.split("-"))
    return low, high


def chosen_cell() -> Cell:
    """Return the cell, row or column of the confusion matrix that the filters select."""
    return _digit(TRUE_LABEL), _digit(PREDICTED_LABEL)


def choose_cell(cell: Cell) -> None:
    """Filter by a cell, row or column of the matrix, or remove that filter if it is set; for callbacks."""
    true, predicted = (None, None) if cell == chosen_cell() else cell
    TRUE_LABEL.set(ANY if true is None else str(true))
    PREDICTED_LABEL.set(ANY if predicted is None else str(predicted))
    if true is not None and predicted is not None:
        OUTCOME.set("right" if true == predicted else "wrong")
    elif OUTCOME.value == "right":
        OUTCOME.set("wrong")
    reset_gallery()


def clear_filters() -> None:
    """Reset all filters to their defaults, which show all errors."""
    for choice in FILTERS:
        choice.set(choice.default)
    reset_gallery()


def reset_on_change(choice: UrlState) -> Callable[[], None]:
    """Return a callback for the widget of ``choice`` that reads the widget and resets the gallery."""

    def callback() -> None:
        choice.read_widget()
        reset_gallery()

    return callback


def reset_gallery() -> None:
    """Go to the gallery's first page and close the open digit."""
    PAGE.set("1")
    OPEN_DIGIT.set("")


def _digit(choice: UrlState) -> int | None:
    return None if choice.value == ANY else int(choice.value)
