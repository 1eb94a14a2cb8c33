"""The engine process: a Dask cluster, a dispatcher that works off the queue, and the Classifier.

One engine serves one home folder. It holds the lock ``engine.lock`` for as long as it lives, so the operating
system says whether there is one, and ``engine.json`` says where. Without clients and without runs to do it leaves.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import dask
from distributed import Client, Future, Nanny, Scheduler, SpecCluster, Variable
from filelock import FileLock, Timeout

from mnist_core.engine.protocol import ADDRESS_FILE, CLASSIFIER, CLIENT_NAME, LOCK_FILE, EngineError
from mnist_core.engine.worker import Classifier, train_in_background
from mnist_core.runs import store
from mnist_core.runs.files import write_json
from mnist_core.runs.run import FAILED, QUEUED, Run, RunError

SECONDS_BETWEEN_ROUNDS = 0.2
REST_AFTER = 60.0  # seconds without training after which its workers give back the memory that Keras took
LEAVE_AFTER = 5.0  # seconds without clients and runs; a reload of a page does not disconnect its server


def serve(home: Path, *, leave_when_idle: bool = False) -> None:
    """Be the engine of ``home`` until told to stop (SIGINT, SIGTERM), or until nobody needs it.

    Raises EngineError when ``home`` has an engine already.
    """
    try:
        # A client that looks whether the lock is free holds it for a moment.
        lock = FileLock(home / LOCK_FILE).acquire(timeout=2)
    except Timeout as error:
        raise EngineError(f"An engine is already running for {home}; one is enough.") from error
    with lock, _stopped_by_signals(), _local_cluster() as cluster, Client(cluster) as client:
        address = home / ADDRESS_FILE
        write_json(address, {"pid": os.getpid(), "address": cluster.scheduler_address})
        try:
            Dispatcher(home, client).work(leave_when_idle=leave_when_idle)
        finally:
            address.unlink(missing_ok=True)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    yield


def training_workers(cores: int) -> int:
    """How many runs train side by side on ``cores`` cores: a small network gains little beyond four threads."""
    return max(1, cores // 4)


def _local_cluster() -> SpecCluster:
    cores = os.cpu_count() or 1
    trainers = training_workers(cores)
    workers = {CLASSIFIER: _worker({"classify": 1}, threads=1)}
    for number in range(trainers):
        workers[f"trainer-{number}"] = _worker({"train": 1}, threads=max(1, cores // trainers))
    scheduler = {"cls": Scheduler, "options": {"host": "127.0.0.1", "port": 0, "dashboard": False}}
    # Dask has workers return freed memory at once; TensorFlow frees and takes it again at each step, and an
    # epoch then takes twice as long.
    dask.config.set({"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None})
    return SpecCluster(scheduler=scheduler, workers=workers, silence_logs="ERROR")


def _worker(resources: dict[str, float], *, threads: int) -> dict:
    options = {
        "host": "127.0.0.1",
        "nthreads": 1,
        "memory_limit": 0,
        "dashboard": False,
        "resources": resources,
        "env": {"TF_NUM_INTRAOP_THREADS": str(threads)},
    }
    return {"cls": Nanny, "options": options}


class Dispatcher:
    """Hands queued runs to free workers, oldest first, and keeps a Classifier alive."""

    def __init__(self, home: Path, client: Client) -> None:
        self._home = home
        self._client = client
        self._training: dict[str, Future] = {}
        self._classifier: Future | None = None
        self._needed_at = time.monotonic()
        self._trained_at: float | None = None  # None: the training workers are as new

    def work(self, *, leave_when_idle: bool) -> None:
        """Go round until nobody needs the engine (or, without ``leave_when_idle``, for ever)."""
        while not (leave_when_idle and self._is_idle()):
            self._keep_classifier()
            self._collect()
            self._dispatch()
            self._rest()
            time.sleep(SECONDS_BETWEEN_ROUNDS)

    def _keep_classifier(self) -> None:
        if self._classifier is not None and self._classifier.status in ("pending", "finished"):
            return
        default = store.default_run()
        self._classifier = self._client.submit(
            Classifier,
            str(default.model_path) if default else None,
            actor=True,
            pure=False,
            resources={"classify": 1},
        )
        Variable(CLASSIFIER, self._client).set(self._classifier)

    def _collect(self) -> None:
        for run_id, future in list(self._training.items()):
            if not future.done():
                continue
            del self._training[run_id]
            if future.status == "error":
                reason = f"Its training ended without a word: {future.exception()}"
                with suppress(RunError):  # its folder may be gone
                    Run(self._home / "runs" / run_id).update(state=FAILED, ended_at=time.time(), error=reason)

    def _dispatch(self) -> None:
        for run in queue(self._home):
            if len(self._training) >= self._room():
                return
            if run.id not in self._training:
                self._training[run.id] = self._client.submit(
                    train_in_background, str(run.path), pure=False, resources={"train": 1}
                )

    def _rest(self) -> None:
        if self._training:
            self._trained_at = time.monotonic()
        elif self._trained_at is not None and time.monotonic() - self._trained_at > REST_AFTER:
            self._trained_at = None
            self._client.restart_workers(list(self._trainers()), raise_for_error=False)

    def _trainers(self) -> dict[str, dict]:
        """The training workers, by address."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return {address: worker for address, worker in workers.items() if "train" in worker["resources"]}

    def _room(self) -> int:
        return int(sum(worker["resources"]["train"] for worker in self._trainers().values()))

    def _is_idle(self) -> bool:
        if self._training or queue(self._home) or self._client.run_on_scheduler(_people):
            self._needed_at = time.monotonic()
        return time.monotonic() - self._needed_at > LEAVE_AFTER


def _people(dask_scheduler: Scheduler) -> int:
    return sum(CLIENT_NAME in name for name in dask_scheduler.clients)


def queue(home: Path) -> list[Run]:
    """The runs in line, the next one first. A folder that cannot be read, or goes away meanwhile, is not in line."""
    in_line = []
    for path in (home / "runs").iterdir():
        with suppress(RunError):
            status = Run(path).status
            if status.state == QUEUED:
                in_line.append((status.queued_at, path))
    return [Run(path) for _, path in sorted(in_line)]
