"""Tests that the engine continues runs of an older version."""

import shutil

import pytest

from mnist_core.runs import archive
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED
from tests.stored_home import unpack_stored_home
from tests.waiting import wait_for


def test_runs_of_an_older_version_are_trained_resumed_and_imported(engine, lab, tmp_path):
    stored = {run.read_config().name: run for run in map(Run, (unpack_stored_home(tmp_path) / "runs").iterdir())}
    for name in ("queued", "cancelled"):
        shutil.copytree(stored[name].path, lab / "runs" / stored[name].id)
    queued, cancelled = (Run(lab / "runs" / stored[name].id) for name in ("queued", "cancelled"))
    wait_for(lambda: queued.read_status().state == FINISHED)
    assert queued.read_epochs()["epoch"].tolist() == [1, 2]

    done = cancelled.read().epochs_done
    engine.resume(cancelled)
    wait_for(lambda: cancelled.read().epochs_done > done)
    cancelled.cancel()
    wait_for(lambda: not cancelled.read_status().active)

    imported = engine.import_run(archive.pack(stored["finished"]), person="somebody")
    assert imported.read_status().scores == pytest.approx(stored["finished"].read_status().scores, abs=1e-4)
