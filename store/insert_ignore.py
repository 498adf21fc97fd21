"""Insert rows and skip those that are there already."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, overload

from sqlalchemy import Connection, Row
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from store.base import Table

T = TypeVar("T")
U = TypeVar("U")
New = Sequence[Mapping[str, Any]]


@overload
def add_new(connection: Connection, table: type[Table], rows: New) -> None: ...


@overload
def add_new(
    connection: Connection, table: type[Table], rows: New, one: InstrumentedAttribute[T], /
) -> Sequence[Row[T]]: ...


@overload
def add_new(
    connection: Connection,
    table: type[Table],
    rows: New,
    one: InstrumentedAttribute[T],
    other: InstrumentedAttribute[U],
    /,
) -> Sequence[Row[T, U]]: ...


def add_new(
    connection: Connection, table: type[Table], rows: New, *returned: InstrumentedAttribute[Any]
) -> object:
    """Insert the rows whose unique keys are new, and return the columns `returned` of those."""
    if not rows:
        return [] if returned else None
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing()
    if returned:
        return connection.execute(statement.returning(*returned), rows).all()
    # without columns to return, the driver takes all rows in one go
    connection.execute(statement, rows)
    return None
