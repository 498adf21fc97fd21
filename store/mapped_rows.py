"""Read whole rows of a mapped table, each as an instance of its class.

An instance belongs to no session: changing it changes nothing in the database.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Connection, Row, Select
from sqlalchemy.orm import Session

from store.base import Table

T = TypeVar("T", bound=Table)
Columns = TypeVarTuple("Columns")
_MANY = 100_000  # new objects between two collections of garbage


def read_all(connection: Connection, query: Select[T]) -> list[T]:
    """Return every row of `select(SomeTable)`, with its conditions and order."""
    return [_instance(query, row) for row in connection.execute(query)]


def read_one(connection: Connection, query: Select[T]) -> T:
    """Return the only row of `select(SomeTable)`.

    Raises:
        sqlalchemy.exc.NoResultFound: there is none.
        sqlalchemy.exc.MultipleResultsFound: there is more than one.
    """
    return _instance(query, connection.execute(query).one())


def read_one_or_none(connection: Connection, query: Select[T]) -> T | None:
    """Return the row of `select(SomeTable)`, or None where there is none.

    Raises:
        sqlalchemy.exc.MultipleResultsFound: there is more than one.
    """
    row = connection.execute(query).one_or_none()
    return None if row is None else _instance(query, row)


def read_mixed(connection: Connection, query: Select[*Columns]) -> Sequence[Row[*Columns]]:
    """Return the rows of a query over mapped classes and single columns together."""
    with Session(connection) as session:
        return session.execute(query).all()


def read_by_key(connection: Connection, table: type[T], key: int) -> T | None:
    """Return the row of a table with this primary key, or None."""
    with Session(connection) as session:
        return session.get(table, key)


def _instance(query: Select[T], row: Row[T]) -> T:
    table: type[T] = query.column_descriptions[0]["type"]
    return table(**row._asdict())


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Run the garbage collector less often, because a batch of rows is many objects without cycles."""
    young, *older = gc.get_threshold()
    gc.set_threshold(max(young, _MANY), *older)
    try:
        yield
    finally:
        gc.set_threshold(young, *older)
