"""The room's database: a SQLite file in the home folder, or a PostgreSQL server that several machines share.

Tables are subclasses of ``Table``, in the modules of their topics. Missing columns are added to a database of an older
version; therefore a new column must have a server default or allow NULL.
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

LOCK_TIMEOUT_SECONDS = 30  # a writer waits for other writers, or for a pooled connection
CONNECT_TIMEOUT_SECONDS = 5  # to a server; short, so that a page shows the error soon
SCHEMA_LOCK = 784_10  # key of PostgreSQL's advisory lock for creating tables; any unused number

# Advice by prefix of SQLite's error name or of PostgreSQL's SQLSTATE.
ADVICE = {
    "SQLITE_FULL": "its disk is full. Make some room on it.",
    "53100": "the server's disk is full. Make some room on it.",
    "SQLITE_READONLY": "it cannot be written. Allow writing to the file and to its folder.",
    "25006": "the server takes no writes. Name one that does.",
    "SQLITE_CANTOPEN": "the file cannot be opened. See that its folder exists and can be written.",
    "SQLITE_NOTADB": "the file is no database. Move it away, and a new one is made.",
    "SQLITE_CORRUPT": "the file is damaged. Move it away, and a new one is made.",
    "SQLITE_BUSY": f"others kept it busy for {LOCK_TIMEOUT_SECONDS} seconds. Try again.",
}


class RoomError(LabError):
    """The room's database cannot be used, or rejects a request."""


class Table(DeclarativeBase):
    """The base class of the room's tables."""


class UtcDateTime(TypeDecorator[datetime]):
    """A datetime column in UTC; SQLite stores no time zone, so it is added when reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert ``value`` to UTC before writing."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` with the time zone UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Database:
    """A room's database, shared by all threads of a process; its tables are created at the first use."""

    def __init__(self, url: URL) -> None:
        """Raise RoomError when ``url`` is not for SQLite or PostgreSQL. Does not connect yet."""
        self._url = url
        self._prepared_tables = 0  # number of tables known to exist
        self._lock = threading.Lock()
        if url.get_backend_name() == "sqlite" and url.database:
            self._engine = create_engine(url, connect_args={"timeout": LOCK_TIMEOUT_SECONDS})
            _configure_sqlite(self._engine)
        elif url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
            args = {"connect_timeout": CONNECT_TIMEOUT_SECONDS}
            self._engine = create_engine(url, connect_args=args, pool_pre_ping=True, pool_timeout=LOCK_TIMEOUT_SECONDS)
        else:
            raise RoomError(f"{DATABASE_URL} must begin with postgresql:// or sqlite:///, got {self}.")
        self._writing = self._engine.execution_options(writing=True)

    def __str__(self) -> str:
        """The URL without the password, for messages."""
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading, in one transaction. Raises RoomError."""
        with self._session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session for writing: commits at the end, or rolls back after an error. Raises RoomError."""
        with self._session(self._writing) as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            self._create_tables()
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            # Create the tables again at the next use, because the database may be repaired or replaced.
            self._prepared_tables = 0
            raise RoomError(f"The room's database {self} cannot be used: {_advice(error)}") from error

    def _create_tables(self) -> None:
        tables = len(Table.metadata.tables)  # grows when another table's module is imported
        with self._lock:
            if self._prepared_tables == tables and not self._file_is_missing():
                return
            self._engine.dispose()  # open connections would continue writing to a deleted file
            with self._writing.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"))
                Table.metadata.create_all(connection)
                _add_missing_columns(connection)
            self._prepared_tables = tables

    def _file_is_missing(self) -> bool:
        path = self._url.database if self._url.get_backend_name() == "sqlite" else None
        if not path or path.startswith("file:"):
            return False
        return not Path(path).exists()


def open_database(home: Path) -> Database:
    """The room's database: the URL in ``$DIGIT_LAB_DATABASE_URL``, else ``room.db`` in ``home``.

    Raises RoomError when the variable is no database URL.
    """
    address = database_url()
    if not address:
        return Database(URL.create("sqlite", database=str(home / FILE)))
    try:
        return Database(make_url(address))
    except SQLAlchemyError as error:
        raise RoomError(f"{DATABASE_URL} is no address of a database, such as postgresql://name@host/room.") from error


def insert_into(session: Session, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
    """The dialect's INSERT construct, which supports ON CONFLICT."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _add_missing_columns(connection: Connection) -> None:
    """Add missing columns. No schema version is stored; the columns are found by inspection."""
    for table in Table.metadata.sorted_tables:
        existing = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in existing:
                definition = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {definition}"))


def _configure_sqlite(engine: Engine) -> None:
    """Use WAL, so that readers do not block a writer, and lock at the start of writing transactions."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:  # noqa: ANN401, SQLAlchemy's connection record
        connection.isolation_level = None  # sqlite3 must not begin transactions itself
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # in WAL mode a crash of the app loses nothing

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _advice(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    matching = (advice for beginning, advice in ADVICE.items() if code.startswith(beginning))
    return next(matching, f"{str(cause).strip().splitlines()[0]}. Check that it runs and can be reached.")
