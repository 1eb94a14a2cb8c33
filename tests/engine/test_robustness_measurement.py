"""Tests of measuring robustness and of background jobs, without a network and so without Keras."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from mnist_core.digits.mnist import Split
from mnist_core.digits.perturbations import LEVELS, PERTURBATIONS
from mnist_core.engine.background_jobs import BackgroundJobs
from mnist_core.engine.robustness_measurement import measure, measure_run
from mnist_core.engine.shared import JobProgress
from mnist_core.errors import LabError, RunError
from mnist_core.runs.robustness import fingerprint, read_robustness
from mnist_core.runs.run import Run
from tests.waiting import wait_for


@pytest.fixture
def sample(digits) -> Split:
    return digits.test.take(np.arange(40))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.keras").write_bytes(b"weights")
    return Run(tmp_path / "run")


def memorizing_classifier(known: Split):
    """A classifier that knows the labels of these digits and predicts 0 for all others."""
    labels = {image.tobytes(): label for image, label in zip(known.images, known.labels, strict=True)}
    return lambda images: np.eye(10)[[labels.get(image.tobytes(), 0) for image in images]]


def test_a_memorizing_classifier_is_right_only_at_neutral_levels(sample):
    curves = measure(memorizing_classifier(sample), sample)
    assert {name: curve.levels for name, curve in curves.items()} == LEVELS
    zeros = float((sample.labels == 0).mean())
    for name, curve in curves.items():
        expected = [1.0 if level == PERTURBATIONS[name].neutral else zeros for level in curve.levels]
        assert list(curve.accuracies) == expected


def test_measure_reports_increasing_progress_up_to_1(sample):
    reports: list[float] = []
    measure(memorizing_classifier(sample), sample, reports.append)
    assert reports == sorted(set(reports))
    assert reports[-1] == 1.0


def test_measured_robustness_is_saved_in_the_run(run, sample):
    robustness = measure_run(run, sample, lambda: memorizing_classifier(sample))
    assert robustness == read_robustness(run, LEVELS)
    assert robustness.digits == len(sample)


def test_a_model_replaced_during_the_measurement_counts_as_unmeasured(run, sample):
    before = fingerprint(run)

    def load():
        run.model_path.write_bytes(b"other weights")
        return memorizing_classifier(sample)

    assert measure_run(run, sample, load).model == before
    assert read_robustness(run, LEVELS) is None


def test_a_run_deleted_during_the_measurement_raises_run_error_and_stays_deleted(run, sample):
    def load():
        shutil.rmtree(run.path)
        return memorizing_classifier(sample)

    with pytest.raises(RunError, match="deleted"):
        measure_run(run, sample, load)
    assert not run.path.exists()


def test_jobs_run_one_after_another_and_repeated_starts_are_ignored():
    jobs, go_on, done = BackgroundJobs(), threading.Event(), []

    def work(name: str):
        def job(report) -> None:
            report(0.5)
            go_on.wait()
            done.append(name)

        return job

    for name in ("first", "first", "second", "first"):
        jobs.start(name, work(name))
    wait_for(lambda: jobs.progress("first").done == 0.5)
    assert jobs.progress("second") == JobProgress()
    assert jobs.progress("third") is None
    go_on.set()
    wait_for(lambda: jobs.progress("second") is None)
    assert jobs.progress("first") is None
    assert done == ["first", "second"]


def test_a_failed_job_keeps_its_error_until_it_is_started_again():
    jobs, reasons = BackgroundJobs(), [LabError("The disk is full."), ValueError("odd")]

    def fail(report) -> None:
        if reasons:
            raise reasons.pop(0)

    expected = ["The disk is full.", "ValueError: odd"]
    for reason in expected:
        jobs.start("it", fail)
        wait_for(lambda: jobs.progress("it").error)
        assert jobs.progress("it").error == reason
    jobs.start("it", fail)
    wait_for(lambda: jobs.progress("it") is None)
