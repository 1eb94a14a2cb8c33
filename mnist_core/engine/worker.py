"""Training and importing runs, on the engine's workers; the command line trains in its own process.

Keras is imported inside functions, because processes that only submit work import this module and must not import
Keras.
"""

import errno
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from mnist_core import settings
from mnist_core.config import FASTEST, IMPORTED, RunConfig
from mnist_core.digits import mnist
from mnist_core.engine.recorder import Recorder
from mnist_core.engine.run_heartbeat import Heartbeat
from mnist_core.errors import LabError, RunError, TrainingDiverged, one_line
from mnist_core.evaluation.calibration import fitted_temperature
from mnist_core.evaluation.scores import scores
from mnist_core.runs import archive, pace, store
from mnist_core.runs.files import atomic_write
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import Run
from mnist_core.runs.snapshot import read_snapshot, read_snapshot_arrays
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING

if TYPE_CHECKING:
    import keras

    from mnist_core.network.training import Progress

NICENESS = 10  # predictions have priority over training
MAX_WORKER_DEATHS = 3  # after which a run fails
TRAINING_LOCK = (
    threading.Lock()
)  # held while a run trains; on an outside cluster, a dead engine's run may still train here
PRECISION_FILE = "precision.json"  # in the home folder


class TrainerDied(LabError):
    """The workers that trained a run died too often."""


def train_in_background(path: str) -> None:
    """Train the run at ``path`` at low priority. The dispatcher submits this function."""
    with TRAINING_LOCK:
        train_run(Run(Path(path)), background=True)


def train_run(run: Run, *, watch: Callable[["Progress"], None] = lambda _: None, background: bool = False) -> None:
    """Train ``run`` to its end, from its last saved state if there is one; the results are in its folder.

    ``watch`` is called with the progress of each chunk. ``background`` lowers the priority. Errors are written to the
    run's status, not raised.
    """
    try:
        if not _claim(run):
            return
        store.remove_leftovers(run)
        with Heartbeat(run) as heartbeat:
            # Keras is imported before the priority is lowered: people wait for the first point of the curve.
            import mnist_core.network.training  # noqa: F401

            if background:
                lower_priority()
            final_fields = _train(run, heartbeat, watch)
        store.remove_leftovers(run)  # before the run is released: its next trainer may start at once
        run.update(ended_at=time.time(), **final_fields)
        if run.read_status().suspended and not run.read_control().pause:
            run.requeue()  # somebody resumed it while it was being suspended
    except Exception as error:  # noqa: BLE001, any error must be reported to those who wait for the run
        if run.path.exists():  # else the run was deleted meanwhile
            run.release_disk_reserve()
            diverged = isinstance(error, TrainingDiverged)
            run.update(state=FAILED, ended_at=time.time(), error=_reason(error), diverged=diverged)


def lower_priority() -> None:
    """Lower the priority of this thread and the threads that it starts; on other systems than Linux, of the process.

    On Linux the niceness of a process is that of its main thread, which here only waits.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    else:
        psutil.Process().nice(NICENESS if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS)


def _claim(run: Run) -> bool:
    """Set the state of ``run`` to running. False if it was cancelled meanwhile.

    Raises TrainerDied when too many workers died while they trained it.
    """
    status = run.read_status()
    died = status.started_at is not None and status.state in (RUNNING, PAUSED, INTERRUPTED)
    deaths = status.deaths + died
    if deaths >= MAX_WORKER_DEATHS:
        raise TrainerDied(
            f"Its worker died {deaths} times while training it, so it is not tried again. "
            "Perhaps memory ran out: a smaller network or batch may help."
        )
    now = time.time()
    return run.update(
        only_in=(QUEUED, RUNNING, PAUSED), state=RUNNING, started_at=now, heartbeat=now, deaths=deaths, error=None
    )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and (error.errno == errno.ENOSPC or "errno = 28" in str(error)):  # for HDF5 errors
        return "No space is left on the disk that holds the runs. Make room, then continue the run."
    return str(error) if isinstance(error, LabError) else one_line(f"{type(error).__name__}: {error}")


def _train(run: Run, heartbeat: Heartbeat, watch: Callable[["Progress"], None]) -> dict[str, Any]:
    """Train, save and evaluate ``run``; returns the final fields of its status."""
    from mnist_core.network import model as network
    from mnist_core.network import training
    from mnist_core.network.precision import FLOAT32, fastest

    config, data, resume = run.read_config(), mnist.load(), run.resume_point()
    model = network.load(resume.path) if resume else network.build(config.model, seed=config.training.seed)
    recorder = Recorder(
        run,
        model,
        validation=training.validation_split(config.training, data),
        test=data.test,
        heartbeat=heartbeat,
        suspend_after=settings.suspend_after(),
        watch=watch,
    )
    start = recorder.position
    training.train(
        model,
        config,
        data,
        recorder,
        drawings=_lesson_drawings(run),
        precision=fastest(run.home / PRECISION_FILE) if config.training.precision == FASTEST else FLOAT32,
        epochs_done=start[0],
        steps_done=start[1],
    )
    _remember_pace(run, start, recorder)
    return _finish(run, recorder, model, data.test)


def _lesson_drawings(run: Run) -> mnist.Split | None:
    """The drawings of the run's lesson that are used for training; None without a lesson."""
    lesson = Lesson.read(run.path)
    return mnist.Split(lesson.images[lesson.learned], lesson.labels[lesson.learned]) if lesson else None


def _remember_pace(run: Run, start: tuple[int, int], recorder: Recorder) -> None:
    """Save the seconds per epoch if at least one epoch was trained."""
    config = run.read_config()
    steps = config.training.steps_per_epoch
    epochs = (recorder.position[0] - start[0]) + (recorder.position[1] - start[1]) / steps
    if epochs >= 1:
        pace.record(config, run.home, epochs=epochs, seconds=recorder.seconds)


def _finish(run: Run, recorder: Recorder, model: "keras.Model", test: mnist.Split) -> dict[str, Any]:
    """Evaluate and save the model: the last epoch's if all epochs were trained, else the best epoch's.

    After early stopping the best epoch is the final result; a run that was stopped can resume from its last state.
    """
    if not recorder.complete:
        recorder.save_state()
    if not recorder.complete or recorder.out_of_patience:
        recorder.checkpoints.restore_best(model)
    probabilities = _evaluate(run, model, test)
    for target in (run.model_path, run.hdf5_path):
        with atomic_write(target) as path:
            model.save(path)
    if recorder.complete:
        shutil.rmtree(run.path / "resume", ignore_errors=True)  # model.keras is enough to continue from
    return {
        "state": FINISHED if recorder.complete else PAUSED if recorder.suspended else CANCELLED,
        "heartbeat": None,
        "seconds": recorder.own_seconds,
        "recording_seconds": recorder.recording_seconds,
        "scores": vars(scores(probabilities, test.labels)),
    }


def evaluate_again(run: Run) -> None:
    """Compute a finished run's evaluation again, for runs that an older version trained."""
    from mnist_core.network import model as network

    _evaluate(run, network.load(run.model_path), mnist.load().test)


def _evaluate(run: Run, model: "keras.Model", test: mnist.Split) -> np.ndarray:
    """Save the evaluation of ``run``; returns the probabilities of ``model`` for ``test``, float32 (N, 10)."""
    from mnist_core.network import model as network

    probabilities = network.probabilities(model, test.images)
    config = run.read_config()
    run.evaluation.save(probabilities, statistics=_statistics(model, config), temperature=_temperature(model, config))
    return probabilities


def _temperature(model: "keras.Model", config: RunConfig) -> float | None:
    """The temperature that calibrates ``model`` on the digits held out from training; None if there are none."""
    from mnist_core.network import model as network

    if not config.training.held_out:
        return None
    _, held_out = mnist.load().hold_out(config.training.held_out)
    return fitted_temperature(network.probabilities(model, held_out.images), held_out.labels)


def import_model(content: bytes, config: RunConfig, home: Path) -> Run:
    """Create a run from the ``content`` of an untrusted model file, and evaluate it here.

    ``config``: the run's name and person. Raises ModelError with the reason when the file is not supported, RunError
    when the run cannot be written.
    """
    from mnist_core.network import importing

    imported = importing.load(content, mnist.load().train)

    def add(run: Run) -> dict[str, Any]:
        imported.findings.save(run.path)
        return {}

    return _store_imported(imported.model, replace(config, recipe=IMPORTED, model=imported.config), home, add)


def import_run(content: bytes, home: Path, *, person: str) -> Run:
    """Create a run for ``person`` from a zip; its network is parsed as untrusted and evaluated here.

    Raises RunError or ModelError with the reason when the zip is not valid or the run cannot be written.
    """
    from mnist_core.network import importing

    archived = archive.unpack(content)
    model, actual = importing.load_raw(archived.model)
    declared = archived.config.model
    if (actual.hidden_units, actual.activation) != (declared.hidden_units, declared.activation):
        raise RunError("Its network is another one than its config.json says.")

    def add(run: Run) -> dict[str, Any]:
        archived.unpack(run.path)
        _recompute_snapshot_predictions(run, mnist.load().test)
        return {"state": archived.status.state, "seconds": archived.status.seconds}

    return _store_imported(model, replace(archived.config, person=person), home, add)


def _store_imported(model: "keras.Model", config: RunConfig, home: Path, add: Callable[[Run], dict[str, Any]]) -> Run:
    """Create a finished run of ``model``. ``add`` writes its other files and returns fields of its status."""
    test = mnist.load().test

    def fill(run: Run) -> dict[str, Any]:
        extra = add(run)
        model.save(run.model_path)
        return extra | {"scores": vars(scores(_evaluate(run, model, test), test.labels))}

    try:
        return store.create_finished(config, home, fill=fill)
    except OSError as error:
        raise RunError(f"What was imported cannot be written: {_reason(error)}") from error


def _recompute_snapshot_predictions(run: Run, test: mnist.Split) -> None:
    """Replace the test probabilities in the snapshots of ``run`` by those computed from their weights."""
    for epoch, path in run.snapshots().items():
        predictions = read_snapshot(run, epoch).probabilities(test.images)
        weights = {name: array for name, array in read_snapshot_arrays(path).items() if name != "test_probabilities"}
        with atomic_write(path) as new:
            np.savez(new, allow_pickle=False, test_probabilities=predictions.astype(np.float16), **weights)


def _statistics(model: "keras.Model", config: RunConfig) -> dict[str, np.ndarray]:
    """The typicality statistics of ``model``, by name; see network.typicality.

    Empty for a network without hidden layers, which only an imported one can be.
    """
    from mnist_core.network.feature_extractor import FeatureExtractor
    from mnist_core.network.typicality import Typicality

    if not config.model.hidden_units:
        return {}
    return vars(Typicality.learn(FeatureExtractor(model), config.training, mnist.load()))
