"""Connections, transactions and named locks of the database."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from threading import RLock
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from store.errors import BadInput
from store.holds import Hold

SQLITE_BUSY_SECONDS = 60
# Sorting takes this much again for each sort under way, so it bounds what a plan over ten million people needs.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-49152")

_NOT_A_DATABASE = BadInput(
    "names neither PostgreSQL nor SQLite",
    "write it as postgresql://user:password@host/name",
    field="KAARTJE_DATABASE_URL",
)


@dataclass(frozen=True)
class Store:
    """The database. `locks` is the folder in which an embedded installation holds its names."""

    engine: Engine
    locks: Path
    # SQLite has one writer, and whoever finds it busy looks again after ever longer naps: threads queue here instead
    _turn: RLock = field(default_factory=RLock, repr=False, compare=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection to read, which rolls back what it writes."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open one transaction to write, committed at the end and rolled back on an error."""
        with (
            self._turn if self.embedded else nullcontext(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @property
    def embedded(self) -> bool:
        """Whether this is the embedded SQLite database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def holding(self, name: str) -> Iterator[Hold]:
        """Hold the lock `name` while the block runs, or yield a false hold if a living process has it.

        On the embedded database it is a file lock, which goes with its process however that dies. On PostgreSQL it is
        a lease (`store.leases`), which any machine may take once it has run out.
        """
        if self.embedded:
            with self._holding_file(name) as held:
                yield Hold(name, held=held)
        else:
            from store.leases import Leases  # of many machines: one alone need not load it

            with Leases(self.engine).holding(name) as hold:
                yield hold

    @contextmanager
    def _holding_file(self, name: str) -> Iterator[bool]:
        self.locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.locks / f"{blake2b(name.encode(), digest_size=8).hexdigest()}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()


def open_store(url: str, *, locks: Path) -> Store:
    """Open the database at an SQLAlchemy URL, without making its tables.

    Raises:
        BadInput: the URL cannot be read, or names neither SQLite nor PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _NOT_A_DATABASE from None
    match parsed.get_backend_name():
        case "sqlite":
            engine = _open_sqlite(url, parsed.database)
        case "postgresql":
            engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                hide_parameters=True,
            )
        case _:
            raise _NOT_A_DATABASE
    return Store(engine, locks)


def _open_sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    # The driver looks in vain for a way to write a boolean, at every one, unless it is told
    sqlite3.register_adapter(bool, int)
    # The driver's own transactions are off: it would begin them late, and a read that turns into a write half-way can
    # find itself shut out. A writer takes the write lock at once; a reader sees one snapshot.
    # Parameters are hidden from errors: they are people.
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": SQLITE_BUSY_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def fsync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
