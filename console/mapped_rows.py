"""Read rows as instances of their mapped classes, so that every column is typed.

The instances belong to no session. They can be read and nothing is written back.
"""

from collections.abc import Sequence
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Connection, Row, Select
from sqlalchemy.orm import Session

from store.base import Table

T = TypeVar("T", bound=Table)
Columns = TypeVarTuple("Columns")


def rows(connection: Connection, query: Select[*Columns]) -> Sequence[Row[*Columns]]:
    """Return the rows of a query over mapped classes and columns."""
    with Session(connection) as session:
        return session.execute(query).all()


def with_key(connection: Connection, table: type[T], key: int) -> T | None:
    """Return the row of a table with this primary key, or None."""
    with Session(connection) as session:
        return session.get(table, key)
