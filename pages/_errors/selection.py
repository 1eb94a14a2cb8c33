"""What is chosen on the Errors page: the view, the gallery's filters and order, the epoch, the open digit.

All of it stands in the address, so a view can be shared as a link.
"""

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
AMONG = {
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
GROUPS = {"first": "Only A right", "second": "Only B right", "neither": "Both wrong"}


def _is_number(text: str, *, below: int) -> bool:
    return text.isascii() and text.isdecimal() and int(text) < below


def _is_range(text: str) -> bool:
    least, _, most = text.partition("-")
    return _is_number(least, below=101) and _is_number(most, below=101) and int(least) <= int(most)


def _choice(name: str, default: str, valid: Callable[[str], bool], **more: Callable) -> UrlState:
    return UrlState("errors", name, default, valid, **more)


VIEW = _choice("view", "mistakes", VIEWS.__contains__)
TRUE = _choice("true", ANY, DIGITS.__contains__)
PREDICTED = _choice("predicted", ANY, DIGITS.__contains__)
OUTCOME = _choice("outcome", "wrong", OUTCOMES.__contains__)
SURE = _choice("sure", "0-100", _is_range, text=lambda bounds: f"{bounds[0]}-{bounds[1]}")  # per cent
GROUP = _choice("among", ANY, AMONG.__contains__)
ORDER = _choice("order", "surely-wrong", ORDERS.__contains__)
PAGE = _choice("page", "1", lambda text: _is_number(text, below=mnist.SIZES["test"]) and int(text) > 0)
EPOCH = _choice("epoch", "", lambda text: not text or _is_number(text, below=10**6))  # none: the finished network
OPEN = _choice("digit", "", lambda text: not text or _is_number(text, below=mnist.SIZES["test"]))  # by its index
WHO = _choice("who", "first", GROUPS.__contains__)  # reads a digit right, of two networks
FILTERS = (TRUE, PREDICTED, OUTCOME, SURE, GROUP)
ALL = (VIEW, *FILTERS, ORDER, PAGE, EPOCH, OPEN, WHO)


def chosen_filter() -> Filter:
    """What the filters say; who the digits are among is another matter."""
    least, most = chosen_range()
    return Filter(
        true=_digit(TRUE),
        predicted=_digit(PREDICTED),
        right={"right": True, "wrong": False}.get(OUTCOME.value),
        least=least / 100,
        most=most / 100,
    )


def chosen_range() -> tuple[int, int]:
    """How sure answers are to be, in per cent, from and to."""
    least, most = map(int, SURE.value.split("-"))
    return least, most


def chosen_cell() -> Cell:
    """The cell of the confusion matrix that the filters are about."""
    return _digit(TRUE), _digit(PREDICTED)


def choose_cell(cell: Cell) -> None:
    """Filter by a cell, a row or a column of the matrix, for callbacks; by the chosen one again: by none."""
    true, predicted = (None, None) if cell == chosen_cell() else cell
    TRUE.set(ANY if true is None else str(true))
    PREDICTED.set(ANY if predicted is None else str(predicted))
    if true is not None and predicted is not None:
        OUTCOME.set("right" if true == predicted else "wrong")
    elif OUTCOME.value == "right":
        OUTCOME.set("wrong")
    start_again()


def clear_filters() -> None:
    """All errors, whatever was chosen before."""
    for choice in FILTERS:
        choice.set(choice.default)
    start_again()


def taking(choice: UrlState) -> Callable[[], None]:
    """The callback of the widget of ``choice`` that changes which digits there are: they are shown from the first."""

    def take() -> None:
        choice.read_widget()
        start_again()

    return take


def start_again() -> None:
    """Show the gallery from its first page, and no digit open."""
    PAGE.set("1")
    OPEN.set("")


def _digit(choice: UrlState) -> int | None:
    return None if choice.value == ANY else int(choice.value)
