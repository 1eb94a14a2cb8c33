"""The engine process: it owns a home folder's Dask cluster, or joins one, and dispatches the home's runs to it.

One engine serves one home folder. It holds the lock ``engine.lock`` for as long as it lives, so the operating
system says whether there is one, and ``engine.json`` says where. Without clients and without runs to do it leaves.
"""

import logging
import signal
import site
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import dask
from dask.system import cpu_count
from distributed import Client, Nanny, Scheduler, SpecCluster, Variable
from distributed.comm import get_address_host
from distributed.utils import get_ip
from filelock import FileLock, Timeout

from mnist_core import settings
from mnist_core.engine.dispatcher import ROOT, Dispatcher
from mnist_core.engine.protocol import ADDRESS_FILE, LOCK_FILE, EngineError, lab_name

CONNECT_TIMEOUT = 5.0  # seconds
NEVER = "1000 days"
DASK_SETTINGS = {
    # Dask has workers return freed memory at once; TensorFlow frees and takes it again at each step, and an epoch then
    # takes twice as long.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
    # A worker that dies twice within this time (15 s without this) would not be started again.
    "distributed.deploy.lost-worker-timeout": NEVER,
    # Dask watches itself all the time, for a dashboard that is not there: by its own settings an idle engine takes a
    # fifth of a core.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}


def serve(home: Path, *, leave_when_idle: bool = False) -> None:
    """Be the engine of ``home`` until told to stop (SIGINT, SIGTERM), or until nobody needs it.

    Raises EngineError when ``home`` has an engine already, or when the scheduler named in the environment is not
    there or goes away.
    """
    try:
        # A client that looks whether the lock is free holds it for a moment.
        lock = FileLock(home / LOCK_FILE).acquire(timeout=2)
    except Timeout as error:
        raise EngineError(f"An engine is already running for {home}; one is enough.") from error
    dask.config.set(DASK_SETTINGS)
    joined = settings.scheduler()
    with lock, _stopped_by_signals(), _joined(joined, home) if joined else _started_here(home) as client:
        try:
            Dispatcher(home, client, own_workers=not joined).work(leave_when_idle=leave_when_idle)
        finally:
            (home / ADDRESS_FILE).unlink(missing_ok=True)


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


@contextmanager
def _started_here(home: Path) -> Iterator[Client]:
    """A cluster of this machine's own, on its loopback."""
    cores = cpu_count()  # those that this process may use
    trainers = training_workers(cores)
    workers = {"classifier": {"cls": Nanny, "options": _classifying(home) | {"host": "127.0.0.1"}}}
    for number in range(trainers):
        options = _options(threads=max(1, cores // trainers)) | {"host": "127.0.0.1"}
        workers[f"trainer-{number}"] = {"cls": Nanny, "options": options}
    scheduler = {"cls": Scheduler, "options": {"host": "127.0.0.1", "port": 0, "dashboard": False}}
    with SpecCluster(scheduler=scheduler, workers=workers, silence_logs="ERROR") as cluster, Client(cluster) as client:
        yield client


@contextmanager
def _joined(address: str, home: Path) -> Iterator[Client]:
    """The cluster whose scheduler listens at ``address``; its workers train, and a further one, here, answers.

    The workers need no more than Dask: they find this project, and the home folder, at the same path as here.
    """
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told in one line
    try:
        client = Client(address, timeout=CONNECT_TIMEOUT)
    except (OSError, ValueError) as error:
        raise EngineError(f"The Dask scheduler that {settings.SCHEDULER} names cannot be reached: {error}.") from error
    with client:
        client.run_on_scheduler(site.addsitedir, str(ROOT))
        Variable(lab_name(home), client).delete()  # of an engine that was killed: its Classifier would be made again
        reached_from = get_ip(get_address_host(client.scheduler.address))
        options = _classifying(home) | {"host": reached_from, "silence_logs": logging.CRITICAL}

        async def start() -> Nanny:
            return await Nanny(client.scheduler.address, **options)

        nanny = client.sync(start)
        try:
            yield client
        finally:
            client.sync(nanny.close)


def _classifying(home: Path) -> dict:
    return _options(threads=1) | {"resources": {lab_name(home): 1}}


def _options(*, threads: int) -> dict:
    """Of a Nanny: a worker process that is started again when it dies, with ``threads`` for TensorFlow."""
    env = {"TF_NUM_INTRAOP_THREADS": str(threads)}
    return {"nthreads": 1, "memory_limit": 0, "dashboard": False, "env": env}
