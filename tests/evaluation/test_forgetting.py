from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mnist_core import settings
from mnist_core.digits import mnist
from mnist_core.errors import RunError
from mnist_core.evaluation.forgetting import ALWAYS, FORGOTTEN, LEARNED, NEVER, histories
from mnist_core.evaluation.predictions import predictions_by_epoch, probabilities
from mnist_core.runs import store
from mnist_core.runs.run import Run


@pytest.fixture
def book() -> Run:
    return store.find("book", settings.home())


@pytest.mark.parametrize(
    ("marks", "expected"),
    [("111", ALWAYS), ("011", LEARNED), ("101", LEARNED), ("110", FORGOTTEN), ("010", FORGOTTEN), ("000", NEVER)],
)
def test_correctness_by_epoch_gives_the_history_of_a_digit(marks: str, expected: int) -> None:
    assert histories(np.array([[mark == "1"] for mark in marks])) == [expected]


def test_a_single_epoch_gives_only_the_histories_always_and_never() -> None:
    assert_array_equal(histories(np.array([[True, False]])), [ALWAYS, NEVER])


def test_predictions_after_the_last_epoch_equal_the_final_ones(book: Run) -> None:
    last = list(book.snapshots())[-1]
    assert_array_equal(probabilities(book, last).argmax(axis=1), probabilities(book).argmax(axis=1))
    assert_array_equal(predictions_by_epoch(book)[last], probabilities(book).argmax(axis=1))


def test_accuracy_is_higher_after_20_epochs_than_after_1(book: Run) -> None:
    labels = mnist.load().test.labels
    correct = np.array([predicted == labels for predicted in predictions_by_epoch(book).values()])
    assert correct[0].sum() < correct[-1].sum()
    assert set(histories(correct)) == {ALWAYS, LEARNED, FORGOTTEN, NEVER}


def test_an_epoch_without_a_snapshot_raises_run_error(book: Run) -> None:
    with pytest.raises(RunError, match="no snapshot of epoch 2"):
        probabilities(book, 2)


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_damaged_snapshot_raises_run_error(tmp_path: Path, book: Run, content: bytes | None) -> None:
    run = Run(tmp_path / "runs" / "damaged")
    path = run.path / "snapshots" / "epoch-01.npz"
    path.parent.mkdir(parents=True)
    (run.path / "config.json").write_bytes((book.path / "config.json").read_bytes())
    if content is None:
        np.savez(path, test_probabilities=np.zeros((3, 10), np.float16))
    else:
        path.write_bytes(content)
    for read in (lambda: probabilities(run, 1), lambda: predictions_by_epoch(run)):
        with pytest.raises(RunError, match=r"epoch-01\.npz of the run damaged"):
            read()


def test_overwritten_probabilities_are_read_again(tmp_path: Path, book: Run) -> None:
    run = Run(tmp_path / "runs" / "new")
    run.path.mkdir(parents=True)
    for digit in (3, 4):
        run.evaluation.save(np.eye(10, dtype=np.float32)[[digit] * 10_000], statistics={})
        assert probabilities(run)[0].argmax() == digit
