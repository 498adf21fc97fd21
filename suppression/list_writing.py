"""Write suppression entries in bulk with the drivers' own statements."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, text

from store.base import UtcDateTime
from store.tables import Suppression

COLUMNS = (
    *("entry_key", "scope", "person_ref", "household_key", "e164", "joint_hash"),
    *("reason", "channel", "purpose", "subject", "pending", "source", "note"),
    *("starts_at", "ends_at", "added_at", "added_by", "lifted_at", "lifted_by", "lifted_why"),
)
_MOMENTS = frozenset({"starts_at", "ends_at", "added_at", "lifted_at"})
_TYPES = {"household_key": "bigint", "pending": "boolean", **dict.fromkeys(_MOMENTS, "timestamptz")}
_NAMES = ", ".join(COLUMNS)
# the same entry listed twice is one entry, and the first word on it stays
_ONCE = "on conflict (entry_key) do nothing"
_EMBEDDED = f"insert into suppressions ({_NAMES}) values ({', '.join('?' * len(COLUMNS))}) {_ONCE}"
_ARRAYS = ", ".join(f"%s::{_TYPES.get(name, 'text')}[]" for name in COLUMNS)
_SHARED = f"insert into suppressions ({_NAMES}) select * from unnest({_ARRAYS}) {_ONCE}"

_SORTING = -16_384  # KiB, as SQLite writes it


def write_entries(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    """Write the rows (values of `COLUMNS`) with new keys, and return how many."""
    if not rows:
        return 0
    if connection.dialect.name == "sqlite":
        return connection.exec_driver_sql(_EMBEDDED, _as_text(connection, rows)).rowcount
    return connection.exec_driver_sql(_SHARED, tuple(map(list, zip(*rows, strict=True)))).rowcount


@contextmanager
def indexes_aside(connection: Connection) -> Iterator[None]:
    """Drop the indexes of an empty SQLite table, and build them sorted at the end.

    A rollback undoes it.
    """
    if (
        connection.dialect.name != "sqlite"
        or connection.execute(text("select 1 from suppressions limit 1")).first()
    ):
        yield
        return
    indexes = [index for index in cast("Table", Suppression.__table__).indexes if not index.unique]
    for index in indexes:
        index.drop(connection)
    yield
    # sorting takes as much memory again as the cache may have: a smaller one keeps the whole flat
    usual = connection.execute(text("pragma cache_size")).scalar_one()
    connection.execute(text(f"pragma cache_size = {_SORTING}"))
    for index in sorted(indexes, key=lambda index: str(index.name)):
        index.create(connection)
    connection.execute(text(f"pragma cache_size = {usual}"))


def _as_text(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Format every moment as SQLAlchemy does on this database, caching repeated values."""
    written: dict[datetime | None, str | None] = {None: None}
    bind, dialect = UtcDateTime().process_bind_param, connection.dialect

    def text(moment: datetime | None) -> str | None:
        if moment not in written:
            stored = bind(moment, dialect)
            written[moment] = stored.isoformat(" ", "microseconds") if stored else None
        return written[moment]

    columns = list(zip(*rows, strict=True))
    return list(
        zip(
            *(
                map(text, column) if name in _MOMENTS else column
                for name, column in zip(COLUMNS, columns, strict=True)
            ),
            strict=True,
        )
    )
