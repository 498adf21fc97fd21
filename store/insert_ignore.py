"""Add rows that may be there already."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from store.base import Table

Returned = InstrumentedAttribute[Any] | ColumnElement[Any]


def add_new(
    connection: Connection,
    table: type[Table],
    rows: Sequence[Mapping[str, Any]],
    *returned: Returned,
) -> Sequence[Row[Any]]:
    """Insert the rows whose unique keys are new, and pass over the others; return `returned` of those inserted."""
    if not rows:
        return []
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing()
    if not returned:
        connection.execute(
            statement, rows
        )  # nothing is asked back, so that the driver takes them in one go
        return []
    statement = statement.returning(*returned)
    found: Sequence[Row[Any]] = connection.execute(statement, rows).all()
    return found
