"""Read whole rows of a mapped table, each as an instance of its class.

An instance belongs to no session: changing it changes nothing in the database.
"""

from typing import TypeVar

from sqlalchemy import Connection, Row, Select

from store.base import Table

T = TypeVar("T", bound=Table)


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


def _instance(query: Select[T], row: Row[T]) -> T:
    table: type[T] = query.column_descriptions[0]["type"]
    return table(**row._asdict())
