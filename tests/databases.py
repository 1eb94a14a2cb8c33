"""Fixtures that give each test an empty room, once in SQLite and once in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from mnist_core.room.database import Database
from mnist_core.room.drawings import Drawings
from tests.room.postgres import address, serve_postgres


@pytest.fixture(scope="session")
def postgres(processes: None) -> Iterator[Path]:
    with serve_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.processes)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The SQLAlchemy URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'room.db'}"
    server = request.getfixturevalue("postgres")
    name = f"room_{uuid4().hex}"
    with psycopg.connect(address(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return address(server, name)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(make_url(url))
    yield database
    database.close()


@pytest.fixture
def room(database: Database) -> Drawings:
    return Drawings(database)
