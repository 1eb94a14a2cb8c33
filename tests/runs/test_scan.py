"""Tests of listing runs: what changed is read again, and a run that is being created is not called unreadable."""

import os
import time
from pathlib import Path

import pytest

from mnist_core.config import RunConfig
from mnist_core.runs import scan, store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED, QUEUED


@pytest.fixture
def run(home: Path) -> Run:
    return store.create(RunConfig(name="mine"), home)


def settle(run: Run) -> None:
    """Make the folder look as if nothing had changed in it for a minute."""
    os.utime(run.path, (time.time() - 60, time.time() - 60))


def test_an_ended_run_that_is_queued_again_is_listed_again(home, run):
    run.update(state=FINISHED)
    settle(run)
    assert scan.unended_runs(home) == []
    assert scan.unended_runs(home) == []
    run.requeue()
    assert [listed.status.state for listed in scan.unended_runs(home)] == [QUEUED]


def test_a_status_that_is_edited_in_its_file_is_read_again(home, run):
    assert [listed.status.state for listed in scan.scan(home).own] == [QUEUED]
    (run.path / "status.json").write_text('{"state": "finished", "queued_at": 1}')
    assert [listed.status.state for listed in scan.scan(home).own] == [FINISHED]


def test_a_renamed_run_is_listed_with_its_new_name(home, run):
    assert [listed.config.name for listed in scan.scan(home).own] == ["mine"]
    run.rename("ours")
    assert [listed.config.name for listed in scan.scan(home).own] == ["ours"]


def test_a_folder_without_a_status_is_unreadable_only_when_it_is_not_new(home, run):
    (run.path / "status.json").unlink()
    assert (scan.scan(home).own, scan.scan(home).unreadable) == ((), ())
    settle(run)
    (unreadable,) = scan.scan(home).unreadable
    assert "status.json is missing" in unreadable.reason


def test_a_run_whose_training_time_is_just_below_zero_is_read_as_older_versions_wrote_it(home, run):
    run.update(state=FINISHED, seconds=-0.0003)
    assert [listed.status.seconds for listed in scan.scan(home).own] == [-0.0003]
