"""The Dispatcher submits queued runs to free workers and keeps the Classifier alive.

The run folders are the queue; Dask only transports the calls and restarts dead workers. Each worker trains one run at a
time. If a worker dies while it trains, the next free worker resumes the run from its last saved state. If the whole
engine dies, the run is shown as interrupted until somebody resumes it.
"""

import os
import site
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import Client, Future, Variable

from mnist_core.engine.classifier import Classifier
from mnist_core.engine.queue import waiting
from mnist_core.engine.shared import ENGINE_FILE, LAB_PREFIX, EngineError, EngineFacts, client_name_prefix, lab_name
from mnist_core.engine.worker import train_in_background
from mnist_core.errors import RunError
from mnist_core.runs import store
from mnist_core.runs.files import write_json
from mnist_core.runs.run import Run
from mnist_core.runs.status import FAILED, INTERRUPTED, PAUSED, QUEUED, RUNNING

ROOT = Path(__file__).parents[2]  # workers need it on their sys.path
ROUND_SECONDS = 0.2
LOST_WORKER_SECONDS = 3.0  # without a heartbeat; a worker that the scheduler has lost may still train
RESTART_AFTER_SECONDS = 60.0  # without training; restarted workers free the memory that Keras took
SCHEDULER_GONE = "The Dask scheduler has gone. Start it again."
EXIT_AFTER_SECONDS = 5.0  # without clients and runs; a page reload does not disconnect the app's client


@dataclass(frozen=True)
class Job:
    """A run that a worker trains."""

    run: Run
    worker: str  # address
    future: Future[None]


class Dispatcher:
    """The engine's main loop: it detects ended runs and lost workers, and submits the next runs."""

    def __init__(self, home: Path, client: Client, *, own_workers: bool) -> None:
        """``own_workers``: no other lab uses the cluster, so idle workers may be restarted."""
        self._home = home
        self._client = client
        self._own_workers = own_workers
        self._name = lab_name(home)
        self._jobs: dict[str, Job] = {}  # by run id
        self._lost: dict[str, Run] = {}  # runs by id whose worker has died, the next one first
        self._queue: list[Run] = []
        self._prepared: set[str] = set()  # workers that can import mnist_core
        self._classifier: Future[Classifier] | None = None
        self._published: EngineFacts | None = None
        self._needed_at = time.monotonic()
        self._trained_at: float | None = None  # None: the workers have not trained since their start

    def work(self, *, leave_when_idle: bool) -> None:
        """Loop until nobody needs the engine (without ``leave_when_idle``: forever).

        Raises EngineError when the connection to the scheduler is lost.
        """
        while not (leave_when_idle and self._is_idle()):
            if self._client.status != "running":
                raise EngineError(SCHEDULER_GONE)
            self.look()
            time.sleep(ROUND_SECONDS)

    def look(self) -> None:
        """Look once at the workers and the run folders, and do what is to do."""
        self._keep_classifier()
        trainers = self._trainers()
        self._publish(len(trainers))
        self._collect(trainers)
        self._dispatch(trainers)
        self._restart_idle_workers(trainers)

    def _keep_classifier(self) -> None:
        if self._classifier is not None and self._classifier.status in ("pending", "finished"):
            return
        default = store.shipped_default_run()
        self._classifier = self._client.submit(
            Classifier,
            str(default.model_path) if default else None,
            actor=True,
            pure=False,
            resources={self._name: 1},
        )
        Variable(self._name, self._client).set(self._classifier)

    def _trainers(self) -> list[str]:
        """The addresses of the training workers: all except the Classifiers of this and other labs."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return [
            address
            for address, worker in workers.items()
            if not any(resource.startswith(LAB_PREFIX) for resource in worker["resources"])
        ]

    def _publish(self, trainers: int) -> None:
        """Write engine.json if its content has changed."""
        facts = EngineFacts(os.getpid(), scheduler_address(self._client), trainers)
        if facts != self._published:
            with suppress(OSError):  # a full disk; the next round retries
                write_json(self._home / ENGINE_FILE, vars(facts))
                self._published = facts

    def _collect(self, trainers: Collection[str]) -> None:
        """Remove the jobs that have ended, and remember the runs whose worker has died."""
        for run_id, job in list(self._jobs.items()):
            if job.future.status == "error":
                self._fail(job)
            elif job.worker not in trainers or job.future.status in ("cancelled", "lost"):
                job.future.cancel()
                self._lost[run_id] = job.run
            elif job.future.status != "finished":
                continue
            del self._jobs[run_id]

    def _fail(self, job: Job) -> None:
        with suppress(RunError, OSError):  # its folder may be deleted, its disk full
            job.run.release_disk_reserve()
            reason = f"Its training ended without a word: {job.future.exception()}"
            job.run.update(only_in=(QUEUED, RUNNING, PAUSED), state=FAILED, ended_at=time.time(), error=reason)

    def _dispatch(self, trainers: Collection[str]) -> None:
        """Submit the next run to each free worker; runs that lost their worker come before the queue."""
        self._queue = [listed.run for listed in waiting(self._home)]
        self._prepared.intersection_update(trainers)
        busy = {job.worker for job in self._jobs.values()}
        free = [worker for worker in trainers if worker not in busy]
        for run in [*self._runs_of_lost_workers(), *self._queue]:
            if not free:
                return
            if run.id not in self._jobs:
                self._submit(run, free.pop())

    def _runs_of_lost_workers(self) -> list[Run]:
        """The lost runs that need another worker; the others are removed."""
        for run_id, run in list(self._lost.items()):
            with suppress(RunError):
                status = run.read_status()
                if status.state in (RUNNING, PAUSED, INTERRUPTED) and not status.suspended:
                    continue
            del self._lost[run_id]
        return list(self._lost.values())

    def _submit(self, run: Run, worker: str) -> None:
        """Submit ``run`` to ``worker``, but not yet if the worker that the scheduler lost still trains the run."""
        if run.id in self._lost and _has_recent_heartbeat(run):
            return
        try:
            if worker not in self._prepared:
                self._client.run(site.addsitedir, str(ROOT), workers=[worker])
                self._prepared.add(worker)
        except OSError:
            return
        future = self._client.submit(train_in_background, str(run.path), workers=[worker], pure=False)
        self._jobs[run.id] = Job(run, worker, future)
        self._lost.pop(run.id, None)

    def _restart_idle_workers(self, trainers: Collection[str]) -> None:
        if self._jobs or self._lost:  # the worker of a lost run may still train
            self._trained_at = time.monotonic()
        elif self._trained_at is not None and time.monotonic() - self._trained_at > RESTART_AFTER_SECONDS:
            self._trained_at = None
            if self._own_workers:
                self._client.restart_workers(list(trainers), raise_for_error=False)

    def _is_idle(self) -> bool:
        if self._jobs or self._lost or self._queue or self._has_clients():
            self._needed_at = time.monotonic()
        return time.monotonic() - self._needed_at > EXIT_AFTER_SECONDS

    def _has_clients(self) -> bool:
        # A lambda is pickled by value: the scheduler may run on another machine, without this module.
        clients = self._client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.clients))
        return any(client_name_prefix(self._home) in client for client in clients)


def scheduler_address(client: Client) -> str:
    """The address of the scheduler that ``client`` is connected to. Raises EngineError when it is not connected."""
    if client.scheduler is None:
        raise EngineError(SCHEDULER_GONE)
    return str(client.scheduler.address)


def _has_recent_heartbeat(run: Run) -> bool:
    """Whether a lost worker still trains ``run``, that is, has sent a heartbeat in the last LOST_WORKER_SECONDS."""
    with suppress(RunError):
        return time.time() - (run.read_status().heartbeat or 0) < LOST_WORKER_SECONDS
    return False
