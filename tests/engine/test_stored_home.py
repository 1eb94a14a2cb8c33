"""The engine goes on with the runs that an older version left."""

import shutil

import pytest

from mnist_core.runs import archive
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED
from tests.stored_home import unpack_stored_home
from tests.waiting import wait_for


def test_a_queued_run_is_trained_a_cancelled_one_goes_on_and_a_finished_one_is_imported(engine, lab, tmp_path):
    stored = {run.config.name: run for run in map(Run, (unpack_stored_home(tmp_path) / "runs").iterdir())}
    for name in ("queued", "cancelled"):
        shutil.copytree(stored[name].path, lab / "runs" / stored[name].id)
    queued, cancelled = (Run(lab / "runs" / stored[name].id) for name in ("queued", "cancelled"))
    wait_for(lambda: queued.status.state == FINISHED)
    assert queued.epochs["epoch"].tolist() == [1, 2]

    done = cancelled.epochs_done
    engine.resume(cancelled)
    wait_for(lambda: cancelled.epochs_done > done)
    cancelled.cancel()
    wait_for(lambda: not cancelled.status.active)

    imported = engine.import_run(archive.pack(stored["finished"]), person="somebody")
    assert imported.status.scores == pytest.approx(stored["finished"].status.scores, abs=1e-4)
