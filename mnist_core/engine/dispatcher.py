"""Hands runs to workers, one at a time each, and keeps the Classifier alive.

The run folders are the queue; Dask carries the calls, starts dead workers again and does not hold the line. Each run is
placed on a worker that has none. A worker that goes away while it trains costs nothing but time: its run goes to the
next free one and on from its last state.
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
from mnist_core.engine.protocol import ADDRESS_FILE, LAB, EngineError, lab_name, people_name
from mnist_core.engine.queue import waiting
from mnist_core.engine.worker import train_in_background
from mnist_core.runs import store
from mnist_core.runs.files import write_json
from mnist_core.runs.run import Run, RunError
from mnist_core.runs.status import FAILED, INTERRUPTED, PAUSED, QUEUED, RUNNING

ROOT = Path(__file__).parents[2]  # what a worker needs on its sys.path
SECONDS_BETWEEN_ROUNDS = 0.2
SILENT_AFTER = 3.0  # seconds without a heartbeat; a trainer that the scheduler has lost may still be at it
REST_AFTER = 60.0  # seconds without training after which its workers give back the memory that Keras took
LEAVE_AFTER = 5.0  # seconds without clients and runs; a reload of a page does not disconnect its server


@dataclass(frozen=True)
class Job:
    """A run on its worker."""

    run: Run
    worker: str  # its address
    future: Future


class Dispatcher:
    """The engine's round: see who has ended or gone, give the free workers the next runs."""

    def __init__(self, home: Path, client: Client, *, own_workers: bool) -> None:
        """``own_workers``: nobody else uses the cluster, so idle workers may be started again."""
        self._home = home
        self._client = client
        self._own_workers = own_workers
        self._name = lab_name(home)
        self._jobs: dict[str, Job] = {}  # by run
        self._lost: dict[str, Run] = {}  # runs whose worker has gone, the next one first
        self._line: list[Run] = []
        self._prepared: set[str] = set()  # workers that can import mnist_core
        self._classifier: Future | None = None
        self._told: dict | None = None
        self._needed_at = time.monotonic()
        self._trained_at: float | None = None  # None: the training workers are as new

    def work(self, *, leave_when_idle: bool) -> None:
        """Go round until nobody needs the engine (or, without ``leave_when_idle``, for ever).

        Raises EngineError when the scheduler has gone.
        """
        while not (leave_when_idle and self._is_idle()):
            if self._client.status != "running":
                raise EngineError("The Dask scheduler has gone. Start it again.")
            self._keep_classifier()
            trainers = self._trainers()
            self._tell(len(trainers))
            self._collect(trainers)
            self._dispatch(trainers)
            self._rest(trainers)
            time.sleep(SECONDS_BETWEEN_ROUNDS)

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
        """The addresses of the training workers: all but those of this and other labs' Classifiers."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return [
            address
            for address, worker in workers.items()
            if not any(resource.startswith(LAB) for resource in worker["resources"])
        ]

    def _tell(self, trainers: int) -> None:
        """Keep engine.json up to date."""
        facts = {"pid": os.getpid(), "address": self._client.scheduler.address, "trainers": trainers}
        if facts != self._told:
            with suppress(OSError):  # a full disk; the next round tries again
                write_json(self._home / ADDRESS_FILE, facts)
                self._told = facts

    def _collect(self, trainers: Collection[str]) -> None:
        """Take note of the runs that have ended, and of those whose worker has gone."""
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
        with suppress(RunError, OSError):  # its folder may be gone, its disk full
            job.run.release_disk_reserve()
            reason = f"Its training ended without a word: {job.future.exception()}"
            job.run.update(only_in=(QUEUED, RUNNING, PAUSED), state=FAILED, ended_at=time.time(), error=reason)

    def _dispatch(self, trainers: Collection[str]) -> None:
        """Give each free worker the next run; those that have lost theirs come before the line."""
        self._line = waiting(self._home)
        self._prepared.intersection_update(trainers)
        busy = {job.worker for job in self._jobs.values()}
        free = [worker for worker in trainers if worker not in busy]
        for run in [*self._orphans(), *self._line]:
            if not free:
                return
            if run.id not in self._jobs:
                self._submit(run, free.pop())

    def _orphans(self) -> list[Run]:
        """The lost runs that need another worker; the others are forgotten."""
        for run_id, run in list(self._lost.items()):
            with suppress(RunError):
                status = run.status
                if status.state in (RUNNING, PAUSED, INTERRUPTED) and not status.suspended:
                    continue
            del self._lost[run_id]
        return list(self._lost.values())

    def _submit(self, run: Run, worker: str) -> None:
        """Have ``worker`` train ``run``, or keep it free for ``run`` while its lost trainer still beats."""
        if run.id in self._lost and _beats(run):
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

    def _rest(self, trainers: Collection[str]) -> None:
        if self._jobs or self._lost:  # a lost one's trainer may still be at it
            self._trained_at = time.monotonic()
        elif self._trained_at is not None and time.monotonic() - self._trained_at > REST_AFTER:
            self._trained_at = None
            if self._own_workers:
                self._client.restart_workers(list(trainers), raise_for_error=False)

    def _is_idle(self) -> bool:
        if self._jobs or self._lost or self._line or self._has_people():
            self._needed_at = time.monotonic()
        return time.monotonic() - self._needed_at > LEAVE_AFTER

    def _has_people(self) -> bool:
        # A lambda travels by value: the scheduler may be another machine's.
        clients = self._client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.clients))
        return any(people_name(self._home) in client for client in clients)


def _beats(run: Run) -> bool:
    """Whether somebody trains ``run`` whom the scheduler does not see, or did until a moment ago."""
    with suppress(RunError):
        return time.time() - (run.status.heartbeat or 0) < SILENT_AFTER
    return False
