"""Measuring, and the line of jobs it stands in; without a network, so without Keras."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from mnist_core.digits.mnist import Split
from mnist_core.digits.perturbations import LEVELS, PERTURBATIONS
from mnist_core.engine.background_jobs import BackgroundJobs
from mnist_core.engine.protocol import Progress
from mnist_core.engine.robustness import measure, measure_run
from mnist_core.errors import LabError
from mnist_core.runs.robustness import fingerprint, read_robustness
from mnist_core.runs.run import Run, RunError
from tests.waiting import wait_for


@pytest.fixture
def some(digits) -> Split:
    return digits.test.take(np.arange(40))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.keras").write_bytes(b"weights")
    return Run(tmp_path / "run")


def by_heart(known: Split):
    """Who knows these digits by heart, and takes each other one for a 0."""
    labels = {image.tobytes(): label for image, label in zip(known.images, known.labels, strict=True)}
    return lambda images: np.eye(10)[[labels.get(image.tobytes(), 0) for image in images]]


def test_who_knows_digits_by_heart_stands_no_change(some):
    curves = measure(by_heart(some), some)
    assert {name: curve.levels for name, curve in curves.items()} == LEVELS
    zeros = float((some.labels == 0).mean())
    for name, curve in curves.items():
        expected = [1.0 if level == PERTURBATIONS[name].neutral else zeros for level in curve.levels]
        assert list(curve.accuracies) == expected


def test_it_tells_how_far_it_is(some):
    told: list[float] = []
    measure(by_heart(some), some, told.append)
    assert told == sorted(set(told))
    assert told[-1] == 1.0


def test_the_run_keeps_what_was_measured(run, some):
    robustness = measure_run(run, some, lambda: by_heart(some))
    assert robustness == read_robustness(run, LEVELS)
    assert robustness.digits == len(some)


def test_a_network_that_changes_meanwhile_is_not_taken_for_the_measured_one(run, some):
    before = fingerprint(run)

    def load():
        run.model_path.write_bytes(b"other weights")
        return by_heart(some)

    assert measure_run(run, some, load).model == before
    assert read_robustness(run, LEVELS) is None


def test_a_run_that_is_deleted_meanwhile_stays_deleted(run, some):
    def load():
        shutil.rmtree(run.path)
        return by_heart(some)

    with pytest.raises(RunError, match="deleted"):
        measure_run(run, some, load)
    assert not run.path.exists()


def test_one_job_after_the_other_is_done_and_each_once_however_many_ask():
    jobs, go_on, done = BackgroundJobs(), threading.Event(), []

    def work(name: str):
        def job(tell) -> None:
            tell(0.5)
            go_on.wait()
            done.append(name)

        return job

    for name in ("first", "first", "second", "first"):
        jobs.start(name, work(name))
    wait_for(lambda: jobs.progress("first").done == 0.5)
    assert jobs.progress("second") == Progress()
    assert jobs.progress("third") is None
    go_on.set()
    wait_for(lambda: jobs.progress("second") is None)
    assert jobs.progress("first") is None
    assert done == ["first", "second"]


def test_a_job_that_fails_says_why_until_it_is_asked_for_again():
    jobs, reasons = BackgroundJobs(), [LabError("The disk is full."), ValueError("odd")]

    def fail(tell) -> None:
        if reasons:
            raise reasons.pop(0)

    expected = ["The disk is full.", "ValueError: odd"]
    for reason in expected:
        jobs.start("it", fail)
        wait_for(lambda: jobs.progress("it").error)
        assert jobs.progress("it").error == reason
    jobs.start("it", fail)
    wait_for(lambda: jobs.progress("it") is None)
