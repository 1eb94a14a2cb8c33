"""The main function of the engine process.

It starts a Dask cluster for a home folder, or joins one, and dispatches runs to its workers. One engine serves one home
folder. It holds the lock ``engine.lock`` while it runs, so that others can check whether it is alive, and writes its
address to ``engine.json``. It ends when there are no clients and no runs.
"""

import logging
import signal
import site
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import dask
from dask.system import cpu_count
from distributed import Client, Nanny, Scheduler, SpecCluster, Variable
from distributed.comm.addressing import get_address_host
from distributed.utils import get_ip
from filelock import FileLock, Timeout

from mnist_core import settings
from mnist_core.engine.dispatcher import ROOT, Dispatcher, scheduler_address
from mnist_core.engine.shared import ENGINE_FILE, LOCK_FILE, EngineError, lab_name

CONNECT_TIMEOUT = 5.0  # seconds
NEVER = "1000 days"
DASK_SETTINGS = {
    # Dask makes workers return freed memory at once. TensorFlow allocates memory at each step, so an epoch would take
    # twice as long.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
    # A worker that dies twice within this time (by default 15 s) would not be restarted.
    "distributed.deploy.lost-worker-timeout": NEVER,
    # Dask profiles itself for its dashboard, which is off here: with the default settings an idle engine uses 20 % of
    # a core.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}


def serve(home: Path, *, leave_when_idle: bool = False) -> None:
    """Run the engine of ``home`` until SIGINT or SIGTERM, or with ``leave_when_idle`` until nobody needs it.

    Raises EngineError when ``home`` has an engine already, or when the scheduler named in the environment cannot be
    reached or the connection to it is lost.
    """
    try:
        # A client that checks the lock holds it for a moment.
        lock = FileLock(home / LOCK_FILE).acquire(timeout=2)
    except Timeout as error:
        raise EngineError(f"An engine is already running for {home}; one is enough.") from error
    dask.config.set(DASK_SETTINGS)
    address = settings.scheduler()
    with lock, _stopped_by_signals(), _joined_cluster(address, home) if address else _local_cluster(home) as client:
        try:
            Dispatcher(home, client, own_workers=not address).work(leave_when_idle=leave_when_idle)
        finally:
            (home / ENGINE_FILE).unlink(missing_ok=True)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    yield


def training_workers(cores: int) -> int:
    """The number of training workers for ``cores`` cores: a small network hardly gains from more than four threads."""
    return max(1, cores // 4)


@contextmanager
def _local_cluster(home: Path) -> Iterator[Client]:
    """Start a cluster on this machine that listens only on the loopback interface."""
    cores = cpu_count()  # those that this process may use
    trainers = training_workers(cores)
    workers = {"classifier": {"cls": Nanny, "options": _classifier_options(home) | {"host": "127.0.0.1"}}}
    for number in range(trainers):
        options = _nanny_options(threads=max(1, cores // trainers)) | {"host": "127.0.0.1"}
        workers[f"trainer-{number}"] = {"cls": Nanny, "options": options}
    scheduler = {"cls": Scheduler, "options": {"host": "127.0.0.1", "port": 0, "dashboard": False}}
    with SpecCluster(scheduler=scheduler, workers=workers, silence_logs="ERROR") as cluster, Client(cluster) as client:
        yield client


@contextmanager
def _joined_cluster(address: str, home: Path) -> Iterator[Client]:
    """Join the cluster whose scheduler listens at ``address``, and add a worker on this machine for the Classifier.

    Its workers only need to run Dask: they find this project and the home folder at the same paths as here.
    """
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # an error is reported in one line instead
    try:
        client = Client(address, timeout=CONNECT_TIMEOUT)
    except (OSError, ValueError) as error:
        raise EngineError(f"The Dask scheduler that {settings.SCHEDULER} names cannot be reached: {error}.") from error
    with client:
        client.run_on_scheduler(site.addsitedir, str(ROOT))
        Variable(lab_name(home), client).delete()  # left by a killed engine; Dask would recreate its Classifier
        own_address = get_ip(get_address_host(scheduler_address(client)))
        options = _classifier_options(home) | {"host": own_address, "silence_logs": logging.CRITICAL}

        async def start() -> Nanny:
            nanny: Nanny = await Nanny(scheduler_address(client), **options)
            return nanny

        nanny = client.sync(start)
        try:
            yield client
        finally:
            client.sync(nanny.close)


def _classifier_options(home: Path) -> dict[str, Any]:
    return _nanny_options(threads=1) | {"resources": {lab_name(home): 1}}


def _nanny_options(*, threads: int) -> dict[str, Any]:
    """The options of a Nanny, which restarts its worker process when it dies. ``threads``: for TensorFlow."""
    env = {"TF_NUM_INTRAOP_THREADS": str(threads)}
    return {"nthreads": 1, "memory_limit": 0, "dashboard": False, "env": env}
