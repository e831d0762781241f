"""The database of the operational state: SQLite by default, PostgreSQL by URL."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from tagwarden.errors import BadInput, StateError
from tagwarden.model.messages import state_messages as messages
from tagwarden.state.tables import METADATA, SCHEMA_VERSION, VERSION

BUSY_TIMEOUT = 60_000
"""Maximum wait of a SQLite writer for another, in milliseconds."""

_BUSY_PAUSE = 0.01

WRITES = "tagwarden_writes"
SETUP_LOCK = 7_467_734
"""The number of the PostgreSQL advisory lock for creating tables."""


class Database:
    """Tables that outlive a run. Safe for threads and for several processes.

    `url` is `sqlite:///state.db`, a path, or `postgresql+psycopg://…`. Every failure is a `StateError`; a lost database
    only delays deletions.
    """

    def __init__(self, url: str) -> None:
        self.url = _read_url(url)
        self.engine = _engine(self.url)
        try:
            self._prepare()
        except BaseException:
            self.engine.dispose()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection in one consistent transaction."""
        with self._failures_named(), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection whose work is committed atomically and durably, or not at all."""
        with self._failures_named(), self.engine.connect() as connection:
            connection.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def _failures_named(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
            database = self.url.render_as_string(hide_password=True)
            message = messages.UNAVAILABLE(database=database, cause=cause)
            raise StateError(" ".join(message.split())) from error

    def _prepare(self) -> None:
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                # Two processes that start at once must not both create the tables.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SETUP_LOCK})
            METADATA.create_all(connection)
            _add_columns(connection)
            _add_indexes(connection)
            found = connection.execute(select(VERSION.c.version)).scalar()
            if found is None:
                connection.execute(insert(VERSION).values(version=SCHEMA_VERSION))
            elif found > SCHEMA_VERSION:
                database = self.url.render_as_string(hide_password=True)
                raise StateError(messages.NEWER_TABLES(database=database, found=found, known=SCHEMA_VERSION))


def _add_columns(connection: Connection) -> None:
    """Add the columns of newer versions to existing tables; older versions ignore these columns."""
    inspector = inspect(connection)
    for table in METADATA.sorted_tables:
        there = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(dialect=connection.dialect)
                connection.execute(text(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {kind}'))


def _add_indexes(connection: Connection) -> None:
    """Add the indexes of newer versions to existing tables."""
    for table in METADATA.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _read_url(url: str) -> URL:
    """Read a URL or a path of a SQLite file."""
    if "://" not in url and "@" not in url:
        return URL.create("sqlite", database=url)
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        # The URL may contain a password.
        raise BadInput(
            f"state database {url.partition(':')[0].partition('/')[0]}…: unsupported URL; write sqlite:///FILE or"
            " postgresql+psycopg://USER@HOST/NAME"
        ) from None
    if read.drivername in {"postgresql", "postgres"}:
        read = read.set(drivername="postgresql+psycopg")
    return read


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        if url.get_backend_name() == "postgresql":
            # After a restart of the server, the pool contains dead connections.
            return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise BadInput(
            f"state database {url.drivername}: {error}; for PostgreSQL install tagwarden[postgresql] and write "
            "postgresql+psycopg://USER@HOST/NAME"
        ) from error
    raise BadInput(
        f"state database {url.drivername}: not supported; write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
    )


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(messages.UNAVAILABLE(database=url.database, cause=error)) from error
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver must not open transactions itself: it would begin them as readers, and two readers that both want
        # to write then fail at once instead of waiting.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        _use_wal(cursor)
        # An intent must be on disk before the call to the vendor, even if the machine then loses power.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Let others read during a write. While another process writes, switching a new file to WAL fails at once."""
    latest = time.monotonic() + BUSY_TIMEOUT / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > latest:
                raise
            time.sleep(_BUSY_PAUSE)
        else:
            return
