"""What runs on the engine's workers: training a run, importing one.

Keras is imported inside the functions: the engine process and the pages' processes import this module to name
what they ask for, and must stay free of it.
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
from mnist_core.engine.heartbeat import Heartbeat
from mnist_core.engine.recorder import Recorder
from mnist_core.errors import LabError, TrainingDiverged
from mnist_core.evaluation.calibration import fitted_temperature
from mnist_core.evaluation.scores import scores
from mnist_core.runs import archive, pace, store
from mnist_core.runs.files import replacing
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.run import Run, RunError
from mnist_core.runs.snapshot import read_snapshot
from mnist_core.runs.status import CANCELLED, FAILED, FINISHED, INTERRUPTED, PAUSED, QUEUED, RUNNING

if TYPE_CHECKING:
    import keras

    from mnist_core.network.training import Progress

NICENESS = 10  # training gives way to drawing
MOST_DEATHS = 3  # of workers, after which a run is given up
TRAINING = threading.Lock()  # held by the run that this process trains: one that its engine left behind may go on here
PRECISION_FILE = "precision.json"  # in the home folder


class TrainerDied(LabError):
    """The processes that trained a run died too often."""


def train_in_background(path: str) -> None:
    """Train the run at ``path`` at low priority: what the dispatcher submits."""
    with TRAINING:
        train_run(Run(Path(path)), background=True)


def train_run(run: Run, *, watch: Callable[["Progress"], None] = lambda _: None, background: bool = False) -> None:
    """Train ``run`` to its end, from its last full state if there is one; its folder tells the rest.

    ``watch`` hears the progress too. ``background`` lowers this process' priority. What goes wrong is written to
    the run's status, not raised.
    """
    try:
        if not _claim(run):
            return
        with Heartbeat(run) as heartbeat:
            # Keras is loaded before the priority drops: someone is waiting for the first point of the curve.
            import mnist_core.network.training  # noqa: F401

            if background:
                lower_priority()
            ending = _train(run, heartbeat, watch)
        run.update(ended_at=time.time(), **ending)
        if run.status.suspended and not run.control.pause:
            run.requeue()  # somebody wanted it to go on just when its trainer left
    except Exception as error:  # noqa: BLE001, whatever ends a run must be told to those who wait for it
        if run.path.exists():  # else its folder was deleted, and with it the wish for it
            run.release_disk_reserve()
            diverged = isinstance(error, TrainingDiverged)
            run.update(state=FAILED, ended_at=time.time(), error=_reason(error), diverged=diverged)


def lower_priority() -> None:
    """Lower the priority of this thread and those it starts, as TensorFlow's; of the process where threads have none.

    On Linux a process' niceness is its main thread's, which here only waits.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    else:
        psutil.Process().nice(NICENESS if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS)


def _claim(run: Run) -> bool:
    """Make ``run`` a running one. False where it was cancelled meanwhile.

    Raises TrainerDied where it has cost too many workers their lives.
    """
    status = run.status
    died = status.started_at is not None and status.state in (RUNNING, PAUSED, INTERRUPTED)
    deaths = status.deaths + died
    if deaths >= MOST_DEATHS:
        raise TrainerDied(
            f"Its worker died {deaths} times while training it, so it is not tried again. "
            "Perhaps memory ran out: a smaller network or batch may help."
        )
    now = time.time()
    return run.update(
        only_in=(QUEUED, RUNNING, PAUSED), state=RUNNING, started_at=now, heartbeat=now, deaths=deaths, error=None
    )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and (error.errno == errno.ENOSPC or "errno = 28" in str(error)):  # HDF5 only says so
        return "No space is left on the disk that holds the runs. Make room, then continue the run."
    return str(error) if isinstance(error, LabError) else f"{type(error).__name__}: {error}"


def _train(run: Run, heartbeat: Heartbeat, watch: Callable[["Progress"], None]) -> dict:
    """Train, save and evaluate ``run``; returns its status' last fields."""
    from mnist_core.network import model as network
    from mnist_core.network import training
    from mnist_core.network.precision import FLOAT32, fastest

    config, data, resume = run.config, mnist.load(), run.resume_point
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
    begun = recorder.position
    training.train(
        model,
        config,
        data,
        recorder,
        drawings=_to_learn(run),
        precision=fastest(run.home / PRECISION_FILE) if config.training.precision == FASTEST else FLOAT32,
        epochs_done=begun[0],
        steps_done=begun[1],
    )
    _remember_pace(run, begun, recorder)
    return _finish(run, recorder, model, data.test)


def _to_learn(run: Run) -> mnist.Split | None:
    """The drawings of the run's lesson that it learns from."""
    lesson = Lesson.read(run.path)
    return mnist.Split(lesson.images[lesson.learned], lesson.labels[lesson.learned]) if lesson else None


def _remember_pace(run: Run, begun: tuple[int, int], recorder: Recorder) -> None:
    """Keep what an epoch took, where at least one was trained."""
    steps = run.config.training.steps_per_epoch
    epochs = (recorder.position[0] - begun[0]) + (recorder.position[1] - begun[1]) / steps
    if epochs >= 1:
        pace.remember(run.config, run.home, epochs=epochs, seconds=recorder.seconds)


def _finish(run: Run, recorder: Recorder, model: "keras.Model", test: mnist.Split) -> dict:
    """Evaluate and save what was trained: all of it where it is complete, else the best epoch.

    After early stopping the best epoch is what was asked for; a run that was stopped can go on from its last state.
    """
    if not recorder.complete:
        recorder.save_state()
    if not recorder.complete or recorder.out_of_patience:
        recorder.checkpoints.restore_best(model)
    probabilities = _evaluate(run, model, test)
    for target in (run.model_path, run.hdf5_path):
        with replacing(target) as path:
            model.save(path)
    if recorder.complete:
        shutil.rmtree(run.path / "resume", ignore_errors=True)  # model.keras holds what is worth going on from
    return {
        "state": FINISHED if recorder.complete else PAUSED if recorder.suspended else CANCELLED,
        "heartbeat": None,
        "seconds": recorder.own_seconds,
        "recording_seconds": recorder.recording_seconds,
        "scores": vars(scores(probabilities, test.labels)),
    }


def evaluate_again(run: Run) -> None:
    """Make a finished run's evaluation anew: for runs that were trained before it held what it holds today."""
    from mnist_core.network import model as network

    _evaluate(run, network.load(run.model_path), mnist.load().test)


def _evaluate(run: Run, model: "keras.Model", test: mnist.Split) -> np.ndarray:
    """Save ``run``'s evaluation; returns the answers of its ``model`` for ``test``, float32 (N, 10)."""
    from mnist_core.network import model as network

    probabilities = network.probabilities(model, test.images)
    run.save_evaluation(
        probabilities, statistics=_statistics(model, run.config), temperature=_temperature(model, run.config)
    )
    return probabilities


def _temperature(model: "keras.Model", config: RunConfig) -> float | None:
    """The temperature that calibrates ``model`` on the digits held out from its training; None where none were."""
    from mnist_core.network import model as network

    if not config.training.held_out:
        return None
    _, held_out = mnist.load().hold_out(config.training.held_out)
    return fitted_temperature(network.probabilities(model, held_out.images), held_out.labels)


def import_model(content: bytes, config: RunConfig, home: Path) -> Run:
    """Make a run of the model file with this ``content``: scored anew, whatever its makers say of it.

    ``config``: who wants it, and its name. Raises ModelError with the reason when the file is none that can be read,
    RunError when the run cannot be written.
    """
    from mnist_core.network import importing

    imported = importing.load(content, mnist.load().train)

    def add(run: Run) -> dict[str, Any]:
        imported.findings.save(run.path)
        return {}

    return _store_imported(imported.model, replace(config, recipe=IMPORTED, model=imported.config), home, add)


def import_run(content: bytes, home: Path, *, person: str) -> Run:
    """Make a run of one in a zip, asked for by ``person``: its network is read as a stranger's, and scored anew.

    Raises RunError or ModelError with the reason when it cannot be had or written.
    """
    from mnist_core.network import importing

    archived = archive.unpack(content)
    model, found = importing.load_raw(archived.model)
    told = archived.config.model
    if (found.hidden_units, found.activation) != (told.hidden_units, told.activation):
        raise RunError("Its network is another one than its config.json says.")

    def add(run: Run) -> dict[str, Any]:
        archived.unpack(run.path)
        _answer_anew(run, mnist.load().test)
        return {"state": archived.status.state, "seconds": archived.status.seconds}

    return _store_imported(model, replace(archived.config, person=person), home, add)


def _store_imported(model: "keras.Model", config: RunConfig, home: Path, add: Callable[[Run], dict[str, Any]]) -> Run:
    """A finished run of ``model``, scored. ``add`` writes what it has besides, and returns what its status says so."""
    test = mnist.load().test

    def fill(run: Run) -> dict[str, Any]:
        known = add(run)
        model.save(run.model_path)
        return known | {"scores": vars(scores(_evaluate(run, model, test), test.labels))}

    try:
        return store.create_finished(config, home, fill=fill)
    except OSError as error:
        raise RunError(f"What was imported cannot be written: {_reason(error)}") from error


def _answer_anew(run: Run, test: mnist.Split) -> None:
    """Replace what the snapshots of ``run`` say of their answers for the test set by what their weights do."""
    for epoch, path in run.snapshots.items():
        answers = read_snapshot(run, epoch).probabilities(test.images)
        with np.load(path, allow_pickle=False) as old:
            weights = {name: old[name] for name in old if name != "test_probabilities"}
        with replacing(path) as new:
            np.savez(new, test_probabilities=answers.astype(np.float16), **weights)


def _statistics(model: "keras.Model", config: RunConfig) -> dict[str, np.ndarray]:
    """What it takes to tell a digit from what is none, learned from the digits that ``model`` was trained for.

    Empty for a network without hidden layers, as one from elsewhere may be: it has nothing to tell that by.
    """
    from mnist_core.network.feature_extractor import FeatureExtractor
    from mnist_core.network.typicality import Typicality

    if not config.model.hidden_units:
        return {}
    return vars(Typicality.learn(FeatureExtractor(model), config.training, mnist.load()))
