"""What runs on the engine's workers: training a run, and the Classifier that answers.

Keras is imported inside the functions: the engine process and the pages' processes import this module to name
what they ask for, and must stay free of it.
"""

import os
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil

from mnist_core.digits import mnist
from mnist_core.engine.recorder import Heartbeat, Recorder
from mnist_core.errors import LabError
from mnist_core.runs.evaluation import scores
from mnist_core.runs.files import replacing
from mnist_core.runs.run import CANCELLED, FAILED, FINISHED, RUNNING, Run

if TYPE_CHECKING:
    import keras

    from mnist_core.network.training import Progress

MODELS_KEPT = 4
NICENESS = 10  # training gives way to drawing


def train_in_background(path: str) -> None:
    """Train the run at ``path`` at low priority: what the dispatcher submits."""
    train_run(Run(Path(path)), background=True)


def train_run(run: Run, *, watch: Callable[["Progress"], None] = lambda _: None, background: bool = False) -> None:
    """Train ``run`` to its end, from its last full state if there is one; its folder tells the rest.

    ``watch`` hears the progress too. ``background`` lowers this process' priority. What goes wrong is written to
    the run's status, not raised.
    """
    try:
        run.update(state=RUNNING, started_at=time.time(), heartbeat=time.time())
        with Heartbeat(run) as heartbeat:
            # Keras is loaded before the priority drops: someone is waiting for the first point of the curve.
            import mnist_core.network.training  # noqa: F401

            if background:
                psutil.Process().nice(NICENESS if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS)
            ending = _train(run, heartbeat, watch)
        run.update(ended_at=time.time(), seconds=heartbeat.seconds, **ending)
    except Exception as error:  # noqa: BLE001, whatever ends a run must be told to those who wait for it
        if run.path.exists():  # else its folder was deleted, and with it the wish for it
            run.update(state=FAILED, ended_at=time.time(), error=_reason(error))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, LabError) else f"{type(error).__name__}: {error}"


def _train(run: Run, heartbeat: Heartbeat, watch: Callable[["Progress"], None]) -> dict:
    """Train, save and evaluate ``run``; returns its status' last fields."""
    from mnist_core.network import model as network
    from mnist_core.network import training

    data = mnist.load()
    resume = run.resume_point
    if resume:
        epochs_done, model = resume[0], network.load(resume[1])
    else:
        epochs_done, model = 0, network.build(run.config.model, seed=run.config.training.seed)
    recorder = Recorder(run, data.test, heartbeat, epochs_done=epochs_done, watch=watch)
    training.train(model, run.config, data, recorder, epochs_done=epochs_done)
    return _finish(run, recorder, model, data.test)


def _finish(run: Run, recorder: Recorder, model: "keras.Model", test: mnist.Split) -> dict:
    from mnist_core.network import model as network

    probabilities = network.probabilities(model, test.images)
    with replacing(run.path / "evaluation.npz") as path:
        np.savez_compressed(path, probabilities=probabilities)
    recorder.save_snapshot(model, probabilities)
    for target in (run.model_path, run.hdf5_path):
        with replacing(target) as path:
            model.save(path)
    complete = recorder.epochs_done == run.config.total_epochs
    if complete:
        shutil.rmtree(run.path / "resume")  # model.keras holds the same state
    else:
        recorder.save_state(model)
    return {
        "state": FINISHED if complete else CANCELLED,
        "scores": vars(scores(probabilities, test.labels)),
    }


class Classifier:
    """Answers for drawings: a Dask actor on a worker of its own, with the last few models kept loaded."""

    def __init__(self, default_model: str | None) -> None:
        """Import Keras and load ``default_model``, so that the first answer is as quick as the others."""
        self._models: OrderedDict[tuple[str, float], Callable] = OrderedDict()
        if default_model:
            self.classify(default_model, np.zeros((1, 28, 28), np.uint8))

    def classify(self, model: str, digits: np.ndarray) -> np.ndarray:
        """What the model file answers for ``digits``, uint8 (N, 28, 28): float32 (N, 10), rows sum to 1.

        Raises ModelError when the file is missing or unusable.
        """
        from mnist_core.network import model as network

        return network.probabilities_by(self._answers(Path(model)), digits)

    def ping(self) -> None:
        """Answer nothing: whoever gets that knows that the Classifier is there."""

    def hdf5(self, model: str) -> bytes:
        """The model file as HDF5. Raises ModelError when it is missing or unusable."""
        from mnist_core.network import model as network

        return network.to_hdf5(network.load(Path(model)))

    def _answers(self, path: Path) -> Callable:
        from mnist_core.network import model as network

        key = (str(path), path.stat().st_mtime if path.exists() else 0.0)
        if key not in self._models:
            self._models[key] = network.answers(network.load(path))
        self._models.move_to_end(key)
        while len(self._models) > MODELS_KEPT:
            self._models.popitem(last=False)
        return self._models[key]
