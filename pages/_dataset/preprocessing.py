"""Dataset, Preparation: the preprocessing of images and labels for a Dense network, step by step."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_core.digits import mnist
from mnist_core.digits.encoding import flatten, one_hot, scale
from mnist_core.digits.mnist import Mnist
from mnist_core.digits.reference import Digit
from mnist_core.figures.digits import one_hot_rows
from pages._dataset.selection import get_open_digit, set_open_digit
from pages._shared.widgets.digit_grid import show_digits
from pages._shared.widgets.figure import page_theme, show_figure
from pages._shared.widgets.pixel_strips import STRIPS, strips_html
from pages._shared.widgets.pixel_values import show_scaling

CROP = (slice(10, 18), slice(9, 19))  # the middle 8 rows and 10 columns, few enough to read
MIDDLE = slice(404, 412)  # eight of the 784 pixels, in row 14


@dataclass(frozen=True)
class Example:
    """MNIST, and the ``reference`` of the digit that the steps show."""

    data: Mnist
    reference: Digit

    @property
    def digit(self) -> np.ndarray:
        """The digit's image, uint8 (28, 28)."""
        return self.data.split(self.reference.split).images[self.reference.index]

    @property
    def label(self) -> int:
        """The digit's label, 0 to 9."""
        return self.reference.label

    @property
    def row(self) -> np.ndarray:
        """The digit's pixels as one row, uint8 (784,)."""
        return flatten(self.digit[None])[0]

    @property
    def x(self) -> str:
        """The Python expression for the digit's image in the shown code."""
        return f"x_{self.reference.split}[{self.reference.index}]"

    @property
    def y(self) -> str:
        """The Python expression for the digit's label in the shown code."""
        return f"y_{self.reference.split}[{self.reference.index}]"


def show_preparation() -> None:
    """Show the step selector, and the selected step for the open digit."""
    digit = get_open_digit()
    with st.container(horizontal=True, gap="medium"):
        step = st.segmented_control(
            "Step", list(STEPS), default="1 Load", required=True, wrap=True, key="dataset_step", persist_state="session"
        )
        _choose_class(digit)
    STEPS[step](Example(mnist.load(), digit))


def _choose_class(digit: Digit) -> None:
    key = f"dataset_example_{digit}"

    def follow() -> None:
        labels = mnist.load().split(digit.split).labels
        set_open_digit(Digit(digit.split, int(np.argmax(labels == st.session_state[key]))))

    st.segmented_control(
        "Follow a",
        range(10),
        default=digit.label,
        required=True,
        wrap=True,
        key=key,
        on_change=follow,
        help="The steps follow the digit that is open in all views. Choose here to open the first of another class.",
    )


def _step(title: str, text: str, code: str) -> None:
    st.subheader(title)
    st.markdown(text)
    st.code(code, language="python")


def _show_load(example: Example) -> None:
    train, test = example.data.train, example.data.test
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        _step(
            "The arrays as they are",
            "60,000 training and 10,000 test pictures of 28 rows with 28 pixels each. A pixel is one byte: "
            "a whole number from 0 to 255.",
            f">>> x_train.shape, y_train.shape\n{train.images.shape, train.labels.shape}\n"
            f">>> x_test.shape, y_test.shape\n{test.images.shape, test.labels.shape}\n"
            f">>> x_train.dtype, x_train.nbytes\n{train.images.dtype, train.images.nbytes}\n"
            f">>> {example.y}\n{example.label}",
        )
    with right, st.container(width=360):
        show_digits(example.digit[None], [f"{example.x}, labelled {example.label}"], side=200)


def _show_reshape(example: Example) -> None:
    train, test = flatten(example.data.train.images), flatten(example.data.test.images)
    _step(
        "One row of 784 numbers",
        "A Dense layer takes a row of numbers, not a picture. So the 28 rows of a digit are laid end to end: "
        "28 × 28 = 784. No number changes.",
        f">>> x_train = x_train.reshape(60000, 784)\n>>> x_test = x_test.reshape(10000, 784)\n"
        f">>> x_train.shape, x_test.shape\n{train.shape, test.shape}",
    )
    st.markdown(f"{example.x} is now one strip of 784 pixels. It is cut into {STRIPS} here to fit the page:")
    st.html(strips_html(example.row))


def _show_float(example: Example) -> None:
    train = flatten(example.data.train.images)
    pixels = example.row[MIDDLE]
    _step(
        "Numbers with a fraction",
        "A byte cannot hold 0.5. `float32` can: 4 bytes a number in place of 1, so the training digits grow from "
        f"{train.nbytes / 1e6:.0f} MB to {train.size * 4 / 1e6:.0f} MB. The values stay the same.",
        f">>> {example.x}[{MIDDLE.start}:{MIDDLE.stop}]\n{pixels!r}\n"
        f'>>> x_train = x_train.astype("float32")\n>>> x_test = x_test.astype("float32")\n'
        f">>> {example.x}[{MIDDLE.start}:{MIDDLE.stop}]\n{pixels.astype(np.float32)!r}",
    )


def _show_scaling(example: Example) -> None:
    pixels = example.row[MIDDLE]
    with np.printoptions(precision=4, suppress=True):
        _step(
            "From 0 to 255 to 0 to 1",
            "Dividing by 255 puts each pixel between 0 and 1. A network starts with small weights, meant for inputs of "
            "about that size; with inputs up to 255 its sums come out 255 times as large, and training starts from a "
            "much higher loss.",
            f">>> x_train /= 255\n>>> x_test /= 255\n>>> {example.x}[{MIDDLE.start}:{MIDDLE.stop}]\n{scale(pixels)!r}",
        )
    show_scaling(
        example.digit[CROP],
        before="**Before**: the middle 8 rows and 10 columns",
        after="**After**: the same pixels divided by 255",
    )
    st.info(
        "In Digit Lab scaling and flattening are the model's own first layers. So a saved model takes raw digits, "
        "uint8 from 0 to 255, and nobody who uses it can scale differently.",
        icon=":material/layers:",
    )


def _show_one_hot(example: Example) -> None:
    vectors, test_vectors = one_hot(example.data.train.labels), one_hot(example.data.test.labels)
    vector = one_hot(np.array([example.label]))[0]
    left, right = st.columns([1.2, 1], gap="large")
    with left, np.printoptions(linewidth=50):
        _step(
            "The label as ten numbers",
            "The network answers with ten numbers, one for each class. So the label becomes ten numbers too: 0 but for "
            f"a single 1. The vector of {_article(example.label)} has its 1 at place {example.label}, counted from 0; "
            f"it is row {example.label} of the 10 × 10 identity matrix.",
            f">>> {example.y}\n{example.label}\n"
            '>>> y_train = np.eye(10, dtype="float32")[y_train]\n'
            '>>> y_test = np.eye(10, dtype="float32")[y_test]\n'
            f">>> y_train.shape, y_test.shape\n{vectors.shape, test_vectors.shape}\n"
            f">>> {example.y}\n{vector!r}",
        )
        st.markdown(
            "Digit Lab trains with the sparse form of the loss: it takes the label itself and gives the same numbers."
        )
    with right:
        st.markdown(f"The {example.label}, then the first nine training labels")
        show_figure(one_hot_rows, np.concatenate([vector[None], vectors[:9]]), page_theme(), width=480)


def _article(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


STEPS = {
    "1 Load": _show_load,
    "2 Reshape": _show_reshape,
    "3 float32": _show_float,
    "4 Divide by 255": _show_scaling,
    "5 One-hot": _show_one_hot,
}
