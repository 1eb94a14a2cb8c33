"""The room's database: a SQLite file in the lab's home folder, or a PostgreSQL server that several machines share.

Tables are classes below ``Table``; each topic of the room has its own module. A room that an older version made gets
the columns that it lacks; so a column that comes later says what older rows hold, or allows NULL.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    TypeDecorator,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.schema import CreateColumn

from mnist_core.errors import LabError
from mnist_core.room.state import FILE
from mnist_core.settings import DATABASE_URL, database_url

PATIENCE = 30  # seconds that a writer waits for the others of its room
CONNECT_TIMEOUT = 5  # seconds to a server, so that a page says soon that there is none
SCHEMA_LOCK = 784_10  # PostgreSQL's advisory lock while tables are made; any number that nobody else takes

# What to do, by the beginning of SQLite's error name or of PostgreSQL's SQLSTATE.
ADVICE = {
    "SQLITE_FULL": "its disk is full. Make some room on it.",
    "53100": "the server's disk is full. Make some room on it.",
    "SQLITE_READONLY": "it cannot be written. Allow writing to the file and to its folder.",
    "25006": "the server takes no writes. Name one that does.",
    "SQLITE_CANTOPEN": "the file cannot be opened. See that its folder exists and can be written.",
    "SQLITE_NOTADB": "the file is no database. Move it away, and a new one is made.",
    "SQLITE_CORRUPT": "the file is damaged. Move it away, and a new one is made.",
    "SQLITE_BUSY": f"others kept it busy for {PATIENCE} seconds. Try again.",
}


class RoomError(LabError):
    """The room's database cannot be used, or does not hold what was asked for."""


class Table(DeclarativeBase):
    """What all tables of the room have in common."""


class Moment(TypeDecorator[datetime]):
    """A time in UTC; SQLite keeps no zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """``value`` as it is written."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """``value`` as it was before."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Database:
    """One room's database. One object serves all threads of a process; its tables are made when it is first used."""

    def __init__(self, url: URL) -> None:
        """Raises RoomError when ``url`` is for another kind of database. Connects to nothing yet."""
        self._url = url
        self._prepared = 0  # how many tables it is known to have
        self._lock = threading.Lock()
        if url.get_backend_name() == "sqlite" and url.database:
            self._engine = create_engine(url, connect_args={"timeout": PATIENCE})
            _let_sqlite_share(self._engine)
        elif url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
            connecting = {"connect_timeout": CONNECT_TIMEOUT}
            self._engine = create_engine(url, connect_args=connecting, pool_pre_ping=True, pool_timeout=PATIENCE)
        else:
            raise RoomError(f"{DATABASE_URL} must begin with postgresql:// or sqlite:///, got {self}.")
        self._writing = self._engine.execution_options(writing=True)

    def __str__(self) -> str:
        """Its address without the password, as messages show it."""
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment and changes nothing. Raises RoomError."""
        with self._session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are kept together at the end, or none of them. Raises RoomError."""
        with self._session(self._writing) as session:
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            self._prepare()
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            # Begin anew the next time: somebody may mend it, or put another in its place.
            self._prepared = 0
            raise RoomError(f"The room's database {self} cannot be used: {_advice(error)}") from error

    def _prepare(self) -> None:
        tables = len(Table.metadata.tables)  # more than before where a topic's module was imported since
        with self._lock:
            if self._prepared == tables and not self._is_gone():
                return
            self._engine.dispose()  # its connections would go on writing to a file that was taken away
            with self._writing.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"))
                Table.metadata.create_all(connection)
                _add_missing_columns(connection)
            self._prepared = tables

    def _is_gone(self) -> bool:
        path = self._url.database if self._url.get_backend_name() == "sqlite" else None
        return bool(path) and not path.startswith("file:") and not Path(path).exists()


def open_database(home: Path) -> Database:
    """The room's database: what ``$DIGIT_LAB_DATABASE_URL`` names, else ``room.db`` in ``home``.

    Raises RoomError when the variable is no address of a database.
    """
    address = database_url()
    if not address:
        return Database(URL.create("sqlite", database=str(home / FILE)))
    try:
        return Database(make_url(address))
    except SQLAlchemyError as error:
        raise RoomError(f"{DATABASE_URL} is no address of a database, such as postgresql://name@host/room.") from error


def insert_into(session: Session, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can be told what to do where a row is there already; each dialect has its own."""
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
    return insert(table)


def _add_missing_columns(connection: Connection) -> None:
    """What a room tells of itself is its version: no number that could be wrong about it."""
    for table in Table.metadata.sorted_tables:
        there = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                definition = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {definition}"))


def _let_sqlite_share(engine: Engine) -> None:
    """Readers and one writer at a time: WAL, and a writer that waits its turn before it reads what it will change."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:  # noqa: ANN401, SQLAlchemy's own record
        connection.isolation_level = None  # Python's module begins no transactions by itself
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # in WAL mode a crash of the app loses nothing

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _advice(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    known = (advice for beginning, advice in ADVICE.items() if code.startswith(beginning))
    return next(known, f"{str(cause).strip().splitlines()[0]}. Check that it runs and can be reached.")
